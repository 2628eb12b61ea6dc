"""Comments in English."""

from youtube.sandbox.texts.voice import voice

VOICE = voice(
    "en",
    topics="""
        wheel: wheel truing
        chain: chain waxing
        brakes: brake bleeding
        ebike: the e-bike conversion
        tubeless: tubeless setup
        tools: cheap tools
        trip: the Portugal trip
        paint: powder coating
        kids: the kids' bike
        gears: gear indexing
        printing: 3D printed parts
        live: the livestream
        frame: frame brazing
        lights: dynamo lighting
    """,
    names="ollie june sam.t rex_w hazel_m tommo bikerdad ruth.lee gregfixes nan_on_wheels mudguard kit_h saddlesore",
    praise="""
        This is hands down the clearest video on {topic} I have ever seen. Thank you, Mara!
        I've been wrenching for {n}0 years and still learned something. Subscribed.
        Your calm voice plus that workshop light... best part of my Sunday.
        Followed along step by step and my old Peugeot rides like new. Thank you so much!
        Finally somebody who explains WHY and not just how. Brilliant.
        The editing on this one is next level 👏
        Watched this with my dad and we fixed his commuter the same evening. You made two people very happy.
        I was about to pay the shop 120 for this. Did it myself in an hour, thanks to you!
        You deserve ten times the subscribers.
        No fluff, no shouting, no 3 minute intro. Just {topic}. Perfect.
        The close-ups are so good, I could almost smell the grease 😂
        Greetings from {city}! Your channel got me back on the bike after my surgery ❤️
        Honestly better than the manual that came with the thing.
        Love it!!! ❤️❤️❤️
        Mara you are a treasure
        my students watch this in class now, thank you for making {topic} look doable
        I cried a little when the kid saw it finished. Beautiful.
        ok that little trick with the zip tie is genius
        Great video as always 👍
        underrated channel fr
        I've watched a dozen videos on {topic} and this is the only one I finished.
        Took me {n} tries but it works now. You're a legend.
        this is what youtube was made for
    """,
    question="""
        What torque do you use for the rotor bolts? Can't find it anywhere.
        Would this also work on a {n}-speed hub? Mine is from 1987.
        Which stand is that at {ts}? Looks very stable.
        Does anyone know if {topic} makes sense on a bike that stays outside all winter?
        How long did the whole thing take you, without filming?
        Where do you buy the small brass nipples? My shop only has alloy ones.
        Could you share the link to the files? The one in the description is a 404 for me.
        Is the 250 W motor enough for hills with a trailer? I have two kids in the back 😅
        At {ts} you say left-hand thread, but isn't that only on the drive side?
        What is the song at {ts}?
        Do I really need the expensive sealant or is the cheap one fine?
        Can you ship the conversion kit to Canada? I'd buy one today.
        How much was everything in the end, roughly?
        My wheel still wobbles 1 mm after three rounds. Is that okay or dangerous?
        is this safe for carbon?
        what oil is that??
        When is the next livestream? I keep missing them.
        Did you use the {n} mm or the {n}.5 mm spacer? It isn't visible.
        how do you know when the bearing is done?
        Has anybody tried this with a coaster brake?
        I ordered the tool you linked {n} weeks ago and nothing came. Whom do I contact?
    """,
    request="""
        Please make a video about internal gear hubs next!
        Could you do a full beginner series? Starting with just the tools one needs.
        Would love a follow-up on {topic} after one year of use.
        Please add chapters, I keep scrubbing to find the part about the bearings.
        Subtitles in Spanish would be amazing for my father.
        Can you test the {n}0 euro wheel stand from the supermarket? Everyone asks.
        More long rides please, the Portugal one was my favourite
        video idea: fixing the worst bike your subscribers can send you
        Could you put the part numbers in the description?
        Please slow down around {ts}, I had to rewind five times.
    """,
    criticism="""
        Nice work, but the music is too loud, I could barely hear you from {ts} on.
        I don't agree with the grease on the threads, most makers say dry and torque to spec.
        Too long. This could have been four minutes.
        You skipped the most important step: checking the dish. People will ruin their wheels.
        The title promises {topic} and half of the video is an ad. Disappointed.
        Good content but please stop zooming in and out all the time, it makes me dizzy.
        Did exactly what you said and now the freehub is stuck. Not happy.
        The old format was better tbh
        The link has been broken for a week, you ignored two of my comments about it.
        that's not how you hold a spoke wrench lol
        Unsubscribed. Third sponsored video in a row.
        The kit you recommended arrived broken and support never answers. I want my money back.
    """,
    neutral="""
        First!
        Watching this from {city} while it rains.
        I have the same vice, inherited it from my grandfather.
        {ts} here we go
        The cat at {ts} though.
        Came here from the shorts.
        Anyone still watching this one? Just found the channel.
        Mine was {n}0 euro second-hand, with the original saddle.
        Same model was sold here as a Raleigh, different decals.
        2 am and I'm watching somebody do {topic}. I don't even own a bike.
        For those in a hurry: the important bit starts at {ts}
        Part two is up by the way
        my dog fell asleep on the box again
        who else is here after the newsletter
        It was -{n} degrees here this morning and the chain froze.
    """,
    timestamp="""
        {ts} best moment
        0:00 intro\\n1:12 tools\\n{ts} the trick\\n9:40 result
        {ts} I felt that in my knuckles
        {ts} 😂😂😂
        that sound at {ts} is so satisfying
    """,
    collab="""
        Hi Mara, I run a small touring-bag workshop in {city}. May we send you a set for the next trip?
        Hello! We organise a repair festival in {city} in May and would like to invite you as a (paid) speaker.
        Hey, fellow maker here (180k subs, woodworking). Up for a joint build? A cargo box would be fun.
        I'm with the city's cycling office: may we show your {topic} video in our workshops? Happy to pay a fee.
        Sponsorship enquiry: we make repair stands and love your work. Which e-mail is best for business?
    """,
    spam="""
        I made $8,430 in my first month with Mr. Keller's trading program, text him on tele gram @keller_fx
        Congratulations you have been selected 🎁 message me on WhatsApp +1 (202) 555-01{n}8 to claim
        Free iPhone for the first 100 people >>> http://bit.example/free-{n}
        check my channel for the best bike videos sub4sub
        💋 I'm lonely tonight, my private photos are here: http://hot.example/{n}
        Thanks for commenting! You won our giveaway, contact me on T.e.l.e.g.r.a.m 👉 @Mara_Spoke_Official
        Crypto is the future, I recovered my lost bitcoin with the help of recovery_expert on inst@gram
        BEST CHEAP FOLLOWERS 10k for $9 → smm.example
    """,
    toxic="""
        You are an idiot and so is everyone who watches this garbage.
        women should stay out of the workshop, this proves it
        worst channel on youtube, just quit already you talentless clown
        shut up and go back to your kitchen
        I hope you crash on that junk bike
        what a pathetic loser 🤡🤡
        I know where your workshop is. Watch your back.
    """,
)
