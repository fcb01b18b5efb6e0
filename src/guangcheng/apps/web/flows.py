"""Every workflow of the programme, for the page of steps and for the docs."""

from guangcheng.programme.acceptance.flow import ACCEPTANCE, DEMO_SITES
from guangcheng.programme.desk.flow import LOAD
from guangcheng.programme.platform.workflow import Workflow
from guangcheng.programme.projects import flow as projects
from guangcheng.programme.submissions.flow import SUBMISSION
from guangcheng.programme.tasks import flow as tasks

FLOWS: tuple[Workflow, ...] = (ACCEPTANCE, DEMO_SITES, SUBMISSION, LOAD, *tasks.FLOWS, *projects.FLOWS)
