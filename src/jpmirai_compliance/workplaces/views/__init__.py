"""Pages of the room."""

from jpmirai_compliance.workplaces.views import member, worker
from jpmirai_compliance.workplaces.views.routes import bp

__all__ = ["bp", "member", "worker"]
