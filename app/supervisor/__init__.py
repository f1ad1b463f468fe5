"""Starts, watches and stops everything `make run` consists of."""

from app.supervisor.crew import Crew, CrewError, Patience, Program, crew
from app.supervisor.local import Plan, run
from app.supervisor.signals import stop_on_signals

__all__ = ["Crew", "CrewError", "Patience", "Plan", "Program", "crew", "run", "stop_on_signals"]
