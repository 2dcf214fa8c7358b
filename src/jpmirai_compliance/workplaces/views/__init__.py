"""Pages of the room."""

from jpmirai_compliance.workplaces.views import hanging, member, neutral, worker
from jpmirai_compliance.workplaces.views.routes import bp

__all__ = ["bp", "hanging", "member", "neutral", "worker"]
