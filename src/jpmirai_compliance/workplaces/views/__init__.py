"""Pages of the room."""

from jpmirai_compliance.workplaces.views import hanging, member, worker
from jpmirai_compliance.workplaces.views.routes import bp

__all__ = ["bp", "hanging", "member", "worker"]
