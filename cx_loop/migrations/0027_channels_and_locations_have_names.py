from django.db import migrations, models

import cx_loop.models.languages


def named(name: str) -> migrations.CreateModel:
    return migrations.CreateModel(
        name=name,
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            ("name", cx_loop.models.languages.NameField(default=dict)),
            ("retired_at", models.DateTimeField(blank=True, null=True)),
            ("key", models.CharField(max_length=80, unique=True)),
        ],
        options={"ordering": ["key"], "abstract": False},
    )


class Migration(migrations.Migration):
    dependencies = [
        ("cx_loop", "0026_models_may_lean_on_embeddings"),
    ]

    operations = [named("Channel"), named("Location")]
