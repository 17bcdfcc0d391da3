import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
if os.environ.get("CX_SUPERVISED"):  # otherwise a worker outlives a killed web server and its port
    die_with_parent()
application = get_wsgi_application()
if settings.EVALUATES_BESIDE_REQUESTS:
    from config.nudges import evaluate_beside_requests  # it needs the models to be loaded

    evaluate_beside_requests()
# what is loaded stays: otherwise every collection walks through all of Django, in some request
gc.collect()
gc.freeze()
