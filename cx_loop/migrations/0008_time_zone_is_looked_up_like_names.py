from django.db import migrations

# windows of the calendar are kept under the token: a changed zone must change it
CHANGED = """
CREATE TRIGGER catalog_changed AFTER INSERT OR DELETE OR UPDATE OF timezone ON cx_loop_organization
    FOR EACH STATEMENT EXECUTE FUNCTION cx_loop_catalog_changed();
"""
CHANGED_BACK = "DROP TRIGGER catalog_changed ON cx_loop_organization;"


class Migration(migrations.Migration):
    dependencies = [("cx_loop", "0007_standards_are_things")]

    operations = [migrations.RunSQL(CHANGED, CHANGED_BACK)]
