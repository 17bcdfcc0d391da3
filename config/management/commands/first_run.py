from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from config.demo.load import load_demo, write_logins
from cx_loop import clock
from cx_loop.models import Organization, User


class Command(BaseCommand):
    help = "Fill an empty installation: the demo company, or (--empty) one admin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--empty", action="store_true", help="one admin and nothing else")
        parser.add_argument(
            "--demo", action="store_true", help="the demo company, whoever was made before"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["empty"]:
            if not User.objects.filter(is_superuser=True).exists():
                admin = User.objects.create_superuser("admin@localhost", name="Admin")
                write_logins([admin])
            return
        company = Organization.objects.first()
        if company is None and User.objects.exists() and not options["demo"]:
            return  # begun with --empty: somebody is about to set it up
        bar = tqdm(total=100, desc="demo", unit="%", leave=False, delay=1)
        load_demo(now=clock.now(), tell=lambda share: bar.update(int(share * 100) - bar.n))
        bar.close()
