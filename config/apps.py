from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "CX Loop"

    def ready(self) -> None:
        from config import wiring  # noqa: PLC0415  models must be loaded before they are joined

        wiring.connect()
