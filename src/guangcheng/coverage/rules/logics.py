"""The logics by name: what ``standards/logics.csv`` names, this package executes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from guangcheng.coverage.rules import counts, ground, money, records, timers
from guangcheng.coverage.rules.finding import Answer, Facts, Limits


@dataclass(frozen=True, slots=True)
class Logic:
    """What a rule is told, and the pure function that answers."""

    facts: type[Facts]
    answer: Callable[[Any, Limits], Answer]


LOGICS: Mapping[str, Logic] = MappingProxyType(
    {
        "working_day_limit": Logic(timers.Span, timers.working_day_limit),
        "deadlines": Logic(timers.Dues, timers.deadlines),
        "since_last": Logic(timers.Periodic, timers.since_last),
        "monthly_due": Logic(timers.Sent, timers.monthly_due),
        "done_by_class": Logic(timers.ByClass, timers.done_by_class),
        "settled_by": Logic(timers.Settled, timers.settled_by),
        "yearly_publication": Logic(timers.Published, timers.yearly_publication),
        "regular_tests": Logic(timers.Tests, timers.regular_tests),
        "emergency_ready": Logic(timers.Emergency, timers.emergency_ready),
        "notice_lead": Logic(timers.Outage, timers.notice_lead),
        "disputes_age": Logic(timers.Disputes, timers.disputes_age),
        "finished_early": Logic(timers.Early, timers.finished_early),
        "exactly_named": Logic(records.Liaisons, records.exactly_named),
        "everyone_named": Logic(records.Named, records.everyone_named),
        "targets_split": Logic(records.Split, records.targets_split),
        "body_members": Logic(records.Body, records.body_members),
        "notice_boards": Logic(records.Boards, records.notice_boards),
        "generators": Logic(records.Nodes, records.generators),
        "refusals": Logic(records.Requests, records.refusals),
        "optical_coverage": Logic(records.Claims, records.optical_coverage),
        "hard_and_reference": Logic(records.Acceptance, records.hard_and_reference),
        "weak_places": Logic(records.Places, records.weak_places),
        "duplicates": Logic(records.Projects, records.duplicates),
        "new_buildings": Logic(records.Buildings, records.new_buildings),
        "sums_agree": Logic(counts.Sums, counts.sums_agree),
        "plausible": Logic(counts.Reported, counts.plausible),
        "gap_by_street": Logic(counts.Streets, counts.gap_by_street),
        "share_grows": Logic(counts.Investment, counts.share_grows),
        "speeds_to_publish": Logic(counts.Samples, counts.speeds_to_publish),
        "slow_users": Logic(counts.Tiers, counts.slow_users),
        "support_score": Logic(counts.Issues, counts.support_score),
        "new_and_shared": Logic(counts.Stations, counts.new_and_shared),
        "sharing_rates": Logic(counts.Built, counts.sharing_rates),
        "violation_deduction": Logic(counts.Violations, counts.violation_deduction),
        "missed_deduction": Logic(counts.Missed, counts.missed_deduction),
        "ranking": Logic(counts.Scores, counts.ranking),
        "price_ceiling": Logic(money.Price, money.price_ceiling),
        "use_fee": Logic(money.Use, money.use_fee),
        "fine_band": Logic(money.Fine, money.fine_band),
        "compensation": Logic(money.Losses, money.compensation),
        "same_route": Logic(ground.Route, ground.same_route),
        "site_preference": Logic(ground.Candidates, ground.site_preference),
        "approver": Logic(ground.Station, ground.approver),
        "radiation_limit": Logic(ground.Measurement, ground.radiation_limit),
        "optical_loss": Logic(ground.Loss, ground.optical_loss),
        "ftth_design": Logic(ground.Design, ground.ftth_design),
        "protection_distance": Logic(ground.Works, ground.protection_distance),
    }
)
