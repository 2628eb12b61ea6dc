"""The two channels of one maker, their videos, and what the rest of YouTube needs to hold for them."""

from dataclasses import dataclass, field
from typing import Any

MAIN, BRAND, FOREIGN = "spoke-and-solder", "slow-miles", "gravel-gazette"


@dataclass(frozen=True)
class Show:
    title: str
    topic: str
    days_ago: int
    seconds: int
    description: str
    comments: int
    popularity: float = 1.0
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Studio:
    slug: str
    title: str
    handle: str
    description: str
    days_ago: int
    subscribers: int
    keywords: str
    shows: tuple[Show, ...]


CHAPTERS = (
    "\n\n0:00 What went wrong\n1:40 Tools\n4:05 The work\n9:30 Test ride"
    "\n\nPart numbers and drawings: https://spoke.example/notes"
)
SPOKE = Studio(
    slug=MAIN,
    title="Spoke & Solder",
    handle="@spokeandsolder",
    description=(
        "Mara Lindqvist repairs, rebuilds and rides bicycles in a small workshop in Gothenburg. "
        "New video every Saturday."
    ),
    days_ago=2150,
    subscribers=184_312,
    keywords='bicycle repair "bike restoration" "e-bike conversion" bikepacking workshop',
    shows=(
        Show(
            "I trued a wheel every day for 30 days",
            "wheel",
            2,
            842,
            "Thirty wheels, one stand." + CHAPTERS,
            110,
            1.9,
        ),
        Show(
            "The 9 euro chain that outlived mine",
            "chain",
            6,
            34,
            "#shorts #bikerepair",
            70,
            2.6,
            {"is_short": True},
        ),
        Show("Wax or oil? 6,000 km later", "chain", 9, 1105, "Two chains, one winter." + CHAPTERS, 120, 1.4),
        Show(
            "Restoring a kids' bike found in the river",
            "kids",
            16,
            1534,
            "For Alva, who is five." + CHAPTERS,
            190,
            3.4,
        ),
        Show("Hydraulic brakes without tears", "brakes", 23, 967, "Bleeding two common systems." + CHAPTERS, 95),
        Show("This trick holds any zip tie", "tools", 27, 21, "#shorts", 60, 2.9, {"is_short": True}),
        Show(
            "A 1987 Peugeot becomes an e-bike",
            "ebike",
            30,
            1820,
            "250 W, legal, reversible." + CHAPTERS,
            150,
            2.2,
        ),
        Show(
            "LIVE: ask me anything, workshop night",
            "live",
            37,
            5312,
            "Recording of the stream.",
            85,
            0.8,
            {"stream": True},
        ),
        Show(
            "Tubeless at home, no compressor",
            "tubeless",
            44,
            731,
            "A bottle, a valve, patience." + CHAPTERS,
            80,
        ),
        Show(
            "Are cheap tools really that bad?",
            "tools",
            58,
            1290,
            "Eleven tools, eleven bolts." + CHAPTERS,
            130,
            1.6,
        ),
        Show(
            "600 km through Portugal on a bike I built",
            "trip",
            72,
            2410,
            "From Porto to Faro." + CHAPTERS,
            105,
            1.2,
        ),
        Show(
            "Powder coating in a kitchen oven (don't)",
            "paint",
            86,
            905,
            "It went as you expect." + CHAPTERS,
            65,
        ),
        Show("Gear indexing in four minutes", "gears", 101, 251, "The one to send to your friends.", 90, 2.0),
        Show(
            "I 3D printed every plastic part of a bike",
            "printing",
            130,
            1175,
            "Files in the link." + CHAPTERS,
            60,
        ),
        Show("Brazing my first frame", "frame", 163, 2260, "Fire, brass and doubt." + CHAPTERS, 55),
        Show("Dynamo lights that survive winter", "lights", 201, 680, "Wiring, switches, seals." + CHAPTERS, 40),
        Show("Squeak? One drop, here", "brakes", 236, 28, "#shorts", 30, 1.8, {"is_short": True}),
        Show(
            "What 10 years of rust looks like inside a hub",
            "wheel",
            290,
            990,
            "Bearings and regrets." + CHAPTERS,
            30,
        ),
        Show(
            "How to pack tools for a long ride",
            "trip",
            365,
            540,
            "Everything under 900 g." + CHAPTERS,
            20,
            0.7,
        ),
        Show("Our charity build: results", "kids", 420, 610, "Thank you.", 0, 0.5, {"comments_enabled": False}),
        Show(
            "Sponsor cut: brake pads (unlisted)",
            "brakes",
            20,
            480,
            "For the sponsor.",
            3,
            0.02,
            {"privacy": "unlisted"},
        ),
        Show(
            "Draft: cargo bike part 1",
            "frame",
            4,
            1600,
            "Do not publish yet.",
            0,
            0.0,
            {"privacy": "private"},
        ),
        Show(
            "Cargo bike build, part 1",
            "frame",
            1,
            1580,
            "Scheduled.",
            0,
            0.0,
            {"privacy": "private", "scheduled": True},
        ),
        Show(
            "LIVE soon: spring check with your bikes",
            "live",
            0,
            0,
            "Bring questions.",
            0,
            0.0,
            {"live": "upcoming"},
        ),
    ),
)
SLOW_MILES = Studio(
    slug=BRAND,
    title="Slow Miles",
    handle="@slowmilesrides",
    description="Long rides, short days. The travelling side of Spoke & Solder.",
    days_ago=640,
    subscribers=8_471,
    keywords="bikepacking touring slow travel",
    shows=(
        Show("Three days around Lake Vättern", "trip", 12, 1310, "Rain, then more rain.", 22),
        Show("Night train with a bicycle, explained", "trip", 48, 720, "Bookings, hooks, hope.", 18, 1.3),
        Show("What I ate in a week on the road", "trip", 90, 58, "#shorts", 14, 1.9, {"is_short": True}),
        Show("Wild camping rules in five countries", "trip", 150, 1020, "Check them yourself, too.", 16),
        Show("The bike after 12,000 km", "gears", 260, 940, "Everything that broke.", 10, 0.8),
    ),
)
GAZETTE = Studio(
    slug=FOREIGN,
    title="Gravel Gazette",
    handle="@gravelgazette",
    description="Somebody else's channel.",
    days_ago=1800,
    subscribers=95_020,
    keywords="gravel",
    shows=(
        Show("We rode the Portuguese coast, too", "trip", 60, 1500, "Met Mara on the way.", 0),
        Show("Not for your eyes", "trip", 30, 300, "Private.", 0, 0.0, {"privacy": "private"}),
    ),
)
