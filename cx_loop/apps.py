from django.apps import AppConfig


class CxLoopConfig(AppConfig):
    name = "cx_loop"
    verbose_name = "What customers experience"
