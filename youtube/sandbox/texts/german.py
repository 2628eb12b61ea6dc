"""Comments in German."""

from youtube.sandbox.texts.voice import voice

VOICE = voice(
    "de",
    topics="""
        wheel: Laufrad zentrieren
        chain: Kette wachsen
        brakes: Bremsen entlüften
        ebike: der E-Bike-Umbau
        tubeless: Tubeless
        tools: billiges Werkzeug
        trip: die Portugal-Tour
        paint: Pulverbeschichtung
        kids: das Kinderrad
        gears: Schaltung einstellen
        printing: Teile aus dem 3D-Drucker
        live: der Livestream
        frame: Rahmen löten
        lights: Licht mit Nabendynamo
    """,
    names="anke_k speichenheinz juergen.w tina.radelt olli_b schrauberopa lena.m ritzelrudi",
    praise="""
        Das beste Video zum Thema {topic}, das ich kenne. Danke, Mara!
        Endlich erklärt mal jemand das Warum. Großartig.
        Nach {n}0 Jahren Schrauben noch was gelernt, Hut ab.
        Dank dir läuft Omas altes Hollandrad wieder wie neu ❤️
        So eine ruhige Art, herrlich am Sonntagmorgen.
        Abo ist da. Grüße aus {city}!
        Kein Gelaber, kein Geschrei, einfach gut gemacht 👏
        Beim Ende hatte ich Pipi in den Augen.
        Klasse Video wie immer 👍
        Hab's heute nachgemacht, hat auf Anhieb geklappt. Danke!
    """,
    question="""
        Wo bekommt man das Werkzeug bei {ts}?
        Geht das auch mit einer {n}-Gang-Nabe?
        Was hat der Spaß am Ende gekostet?
        Welches Drehmoment nimmst du für die Bremsscheibe?
        Hält das Wachs auch bei Salz und Regen?
        Muss ich dafür die Kassette abnehmen oder geht es auch so?
        Weiß jemand, wie das Lied heißt?
        Ist der Umbau bei uns überhaupt legal, Stichwort TÜV?
        Wann ist der nächste Livestream?
        Mein Rad eiert nach dem dritten Versuch immer noch, was mache ich falsch?
    """,
    request="""
        Bitte mal ein Video über Rücktrittbremsen!
        Könntest du die Teilenummern in die Beschreibung schreiben?
        Ein Fazit zu {topic} nach einem Jahr wäre super.
        Deutsche Untertitel wären toll für meinen Vater.
        Bitte mehr Touren, Portugal war mein Favorit
    """,
    criticism="""
        Musik viel zu laut, ab {ts} versteht man dich kaum.
        Das hätte man auch in vier Minuten sagen können.
        Fett aufs Gewinde? Der Hersteller sagt ausdrücklich trocken.
        Der empfohlene Bausatz war nach {n} Tagen kaputt, der Support antwortet nicht. Ärgerlich.
        Titel verspricht {topic}, die Hälfte ist Werbung.
        Früher war der Kanal besser
    """,
    neutral="""
        Schaue das gerade in {city} bei Nieselregen.
        Den Schraubstock habe ich auch, vom Opa geerbt.
        Wer ist auch über die Shorts hier?
        Zwei Uhr nachts und ich hab nicht mal ein Fahrrad.
        Die Katze bei {ts} 😂
        Das gleiche Modell hieß bei uns damals anders.
    """,
    timestamp="""
        {ts} beste Stelle
        {ts} dieses Geräusch...
        {ts} aua
    """,
    collab="""
        Hallo Mara, wir sind eine Fahrradselbsthilfe in {city} und würden dich gern einladen. Wohin schreiben?
        Wir bauen Montageständer und würden gern ein Video sponsern. Wer ist der richtige Kontakt?
    """,
    spam="""
        Ich verdiene 3.000 € im Monat von zu Hause, schreib Herrn Weber auf Telegram @weber_invest{n}
        Kostenlose Follower hier 👉 http://follower.example/{n}
        Du hast gewonnen 🎁 melde dich auf WhatsApp +49 151 0000 00{n}
    """,
    toxic="""
        So ein Schwachsinn, lösch dich.
        Frauen und Werkstatt, lachhaft. Geh kochen.
        du bist echt zu blöd für alles
    """,
)
