"""Forms of the room."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField

from jpmirai_compliance.foundation.forms import Form


class WorkbookForm(Form):
    """A filled-in workbook."""

    file = FileField(_l("The workbook that you filled in"))
