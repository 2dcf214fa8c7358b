"""Commands of the room: the wording of the five principles."""

import datetime as dt
import uuid
from pathlib import Path

import click
from sqlmodel import Session

from jpmirai_compliance.disclosure.queries import texts
from jpmirai_compliance.disclosure.service.texts import import_wordings
from jpmirai_compliance.foundation.db import EVERYTHING, UnitOfWork, make_engine
from jpmirai_compliance.foundation.policy import Actor, Role
from jpmirai_compliance.foundation.settings import load
from jpmirai_compliance.principles import BankError, dump_wordings

#: Whoever may run commands on the machine may do this; nobody's id stands for them.
OPERATOR = Actor(uuid.UUID(int=0), None, frozenset({Role.SECRETARIAT}))


@click.group()
def principles() -> None:
    """Load and print the wording of the five principles, by language."""


@principles.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_file(file: Path) -> None:
    """Put the wordings of a YAML file in force; exit code 1 naming what is wrong in it."""
    engine = make_engine(load().database)
    try:
        text = file.read_text(encoding="utf-8-sig")
        with Session(engine) as session, UnitOfWork(session, EVERYTHING).transaction() as work:
            now = dt.datetime.now(dt.UTC)
            changed = import_wordings(work, actor=OPERATOR, text=text, filename=file.name, now=now)
    except UnicodeDecodeError as error:
        message = f"{file.name}: not UTF-8"
        raise click.ClickException(message) from error
    except BankError as error:
        raise click.ClickException(str(error)) from error
    finally:
        engine.dispose()
    click.echo(f"in force now: {', '.join(changed)}" if changed else "nothing changed")


@principles.command("export")
@click.argument("language")
def export(language: str) -> None:
    """Print the wording in force in one language, as a file that ``import`` reads."""
    engine = make_engine(load().database)
    try:
        with Session(engine) as session:
            found = texts.wording(UnitOfWork(session, EVERYTHING), language)
    except KeyError as error:
        message = f"there is no wording in {language}"
        raise click.ClickException(message) from error
    finally:
        engine.dispose()
    click.echo(dump_wordings((found,)), nl=False)


commands = (principles,)
