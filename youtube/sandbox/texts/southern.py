"""Comments in Turkish, Indonesian, Italian, Korean and Polish."""

from youtube.sandbox.texts.voice import voice

TURKISH = voice(
    "tr",
    topics="""
        wheel: jant akort ayarı
        chain: zincir mumlama
        brakes: fren hava alma
        ebike: elektrikli dönüşüm
        tubeless: tubeless lastik
        tools: ucuz aletler
        trip: Portekiz turu
        paint: toz boya
        kids: çocuk bisikleti
        gears: vites ayarı
        printing: 3D baskı parçalar
        live: canlı yayın
        frame: kadro kaynağı
        lights: dinamolu far
    """,
    names="emre.izmir zeynep_b pedalci42 hakan.usta elif.k",
    praise="""
        {topic} konusunda izlediğim en iyi video, ellerine sağlık!
        Sonunda nedenini de anlatan biri. Harikasın 👏
        Sayende dedemin bisikletini tamir ettim, çok teşekkürler ❤️
        Sakin sakin izlemesi çok keyifli.
        İzmir'den selamlar, abone oldum!
        Sonunda gözlerim doldu, çok güzel iş.
    """,
    question="""
        {ts} dakikasındaki aleti nereden aldınız?
        Toplam ne kadara mal oldu?
        {n} vitesli bisiklette de olur mu?
        Hangi yağı kullanıyorsunuz?
        Mum yağmurda dayanıyor mu?
        Türkiye'ye gönderim var mı?
        Bir sonraki yayın ne zaman?
    """,
    request="""
        Türkçe altyazı ekler misiniz lütfen 🙏
        {topic} için ikinci bölüm gelsin!
        Yeni başlayanlar için bir seri çok iyi olur.
    """,
    criticism="""
        Müzik çok yüksek, sesiniz duyulmuyor.
        Gereksiz uzun olmuş.
        Önerdiğiniz kit {n} günde bozuldu, hayal kırıklığı.
    """,
    neutral="""
        {city}'den izliyorum, dışarıda yağmur var.
        Aynısı bende de var, babamdan kaldı.
        Shorts'tan gelenler?
        Gece ikide bunu izliyorum, bisikletim bile yok :)
    """,
    timestamp="""
        {ts} en iyi an
        {ts} 😂
    """,
    collab="""
        Merhaba Mara, {city}'de bisiklet atölyemiz var, ortak video yapmak isteriz. Hangi adrese yazalım?
    """,
    spam="""
        Evden günde 2000 TL kazan, WhatsApp +90 500 000 00 {n}0
        Ücretsiz takipçi için tıkla http://takipci.example/{n}
    """,
    toxic="""
        Ne kadar boş bir video, kanalı kapat.
        aptal kadın, mutfağına dön
    """,
)
INDONESIAN = voice(
    "id",
    topics="""
        wheel: setel velg
        chain: wax rantai
        brakes: bleeding rem
        ebike: konversi sepeda listrik
        tubeless: ban tubeless
        tools: alat murah
        trip: perjalanan Portugal
        paint: powder coating
        kids: sepeda anak
        gears: setel gigi
        printing: part cetak 3D
        live: live streaming
        frame: las frame
        lights: lampu dinamo
    """,
    names="budi.gowes rina_bdg agus_onthel sari.w dimas.p",
    praise="""
        Penjelasan {topic} paling jelas yang pernah saya tonton, terima kasih kak!
        Keren banget, salam dari Bandung 🙏
        Sepeda bapak saya akhirnya bisa dipakai lagi berkat video ini ❤️
        Adem banget nontonnya, langsung subscribe.
        Mantap, detail dan tidak bertele-tele 👍
        Sampai nangis lihat akhirnya, bagus sekali.
    """,
    question="""
        Alat di menit {ts} beli di mana ya kak?
        Total biayanya berapa?
        Apa bisa untuk sepeda {n} speed?
        Oli yang dipakai merek apa?
        Kalau kehujanan masih tahan tidak?
        Bisa kirim ke Indonesia?
        Kapan live lagi kak?
    """,
    request="""
        Tolong tambahkan subtitle bahasa Indonesia dong 🙏
        Bikin part 2 tentang {topic} ya kak
        Request seri untuk pemula dari nol
    """,
    criticism="""
        Musiknya terlalu keras, suaranya jadi tidak terdengar.
        Videonya kepanjangan.
        Kit yang direkomendasikan rusak dalam {n} hari, kecewa.
    """,
    neutral="""
        Nonton dari {city} sambil ngopi.
        Saya punya yang sama, warisan kakek.
        Siapa yang datang dari shorts?
        Jam 2 pagi nonton ginian padahal tidak punya sepeda wkwk
    """,
    timestamp="""
        {ts} bagian terbaik
        {ts} wkwkwk
    """,
    collab="""
        Halo kak Mara, kami komunitas sepeda di {city}, mau ajak kolaborasi. Bisa kirim ke email mana?
    """,
    spam="""
        Slot gacor hari ini maxwin 👉 http://slot.example/{n}
        Kerja dari rumah 500rb sehari, WA 0812-0000-00{n}0
    """,
    toxic="""
        Video sampah, tutup saja channelnya.
        dasar bodoh, balik ke dapur sana
    """,
)
ITALIAN = voice(
    "it",
    topics="""
        wheel: centrare le ruote
        chain: la cera per catena
        brakes: lo spurgo dei freni
        ebike: la conversione elettrica
        tubeless: il tubeless
        tools: gli attrezzi economici
        trip: il viaggio in Portogallo
        paint: la verniciatura a polvere
        kids: la bici da bambino
        gears: la regolazione del cambio
        printing: i pezzi stampati in 3D
        live: la diretta
        frame: la saldatura del telaio
        lights: le luci a dinamo
    """,
    names="gianni.raggi chiara_p nonno_bici paolo.mtb",
    praise="""
        Il miglior video su {topic}, grazie mille Mara!
        Finalmente qualcuno che spiega il perché. Complimenti 👏
        Ho rimesso a nuovo la bici di mio nonno, grazie ❤️
        Che pace guardare questo canale la domenica.
        Iscritto subito, saluti da {city}!
    """,
    question="""
        Dove si trova l'attrezzo al minuto {ts}?
        Quanto hai speso in tutto?
        Va bene anche per un mozzo a {n} velocità?
        Che olio usi?
        Spedite il kit in Italia?
    """,
    request="""
        Sottotitoli in italiano, per favore 🙏
        Fai una seconda parte su {topic}!
        Una serie per principianti sarebbe fantastica.
    """,
    criticism="""
        La musica è troppo alta, non si sente niente.
        Troppo lungo, bastavano cinque minuti.
        Il kit consigliato si è rotto dopo {n} giorni. Delusa.
    """,
    neutral="""
        Guardo da {city} con un caffè.
        Ne ho una uguale, era di mio padre.
        Chi viene dagli shorts?
    """,
    timestamp="""
        {ts} momento migliore
        {ts} ahahah
    """,
    collab="""
        Ciao Mara, abbiamo una ciclofficina a {city}: ti va una collaborazione? A che indirizzo scriviamo?
    """,
    spam="""
        Guadagna 3.000 € al mese da casa, scrivi su Telegram @guadagno{n}
    """,
    toxic="""
        Che schifo di video, torna in cucina.
        sei proprio una stupida
    """,
)
KOREAN = voice(
    "ko",
    topics="""
        wheel: 휠 정렬
        chain: 체인 왁싱
        brakes: 브레이크 블리딩
        ebike: 전기 자전거 개조
        tubeless: 튜블리스
        tools: 저렴한 공구
        trip: 포르투갈 여행
        paint: 분체 도장
        kids: 어린이 자전거
        gears: 변속 조정
        printing: 3D 프린트 부품
        live: 라이브 방송
        frame: 프레임 브레이징
        lights: 다이나모 라이트
    """,
    names="minsu.ride jiyoung_k bikehyung seoulwheels",
    praise="""
        {topic} 영상 중에 제일 이해하기 쉬웠어요. 감사합니다!
        차분한 목소리 너무 좋아요 ❤️
        덕분에 아버지 자전거를 고쳤습니다 ㅠㅠ
        구독했습니다. 서울에서 응원해요!
    """,
    question="""
        {ts}에 나오는 공구는 어디서 살 수 있나요?
        총 비용이 얼마나 들었나요?
        {n}단 변속기에도 되나요?
        다음 라이브는 언제인가요?
    """,
    request="""
        한국어 자막 부탁드려요 🙏
        {topic} 2편도 만들어 주세요!
    """,
    criticism="""
        음악 소리가 너무 커서 목소리가 안 들려요.
        추천한 키트가 {n}일 만에 고장 났어요. 실망입니다.
    """,
    neutral="""
        새벽 2시에 이걸 보고 있네요 ㅋㅋㅋ
        쇼츠 보고 왔습니다
    """,
    timestamp="""
        {ts} 여기 최고
    """,
    collab="""
        안녕하세요, {city}에서 자전거 공방을 운영합니다. 협업 관심 있으신가요?
    """,
    spam="""
        집에서 월 500만원 벌기 👉 http://money.example/{n}
    """,
    toxic="""
        진짜 못한다, 그만둬라
    """,
)
POLISH = voice(
    "pl",
    topics="""
        wheel: centrowanie koła
        chain: woskowanie łańcucha
        brakes: odpowietrzanie hamulców
        ebike: przeróbka na elektryka
        tubeless: tubeless
        tools: tanie narzędzia
        trip: wyprawa przez Portugalię
        paint: malowanie proszkowe
        kids: rower dziecięcy
        gears: regulacja przerzutek
        printing: części z drukarki 3D
        live: transmisja na żywo
        frame: lutowanie ramy
        lights: oświetlenie z dynamem
    """,
    names="kasia.rower pan_szprycha tomek_k zosia.m",
    praise="""
        Najlepszy film na temat: {topic}. Bardzo dziękuję!
        Wreszcie ktoś tłumaczy dlaczego, a nie tylko jak 👏
        Naprawiłem rower dziadka dzięki Tobie ❤️
        Pozdrowienia z Krakowa, leci subskrypcja!
    """,
    question="""
        Gdzie kupić narzędzie z {ts}?
        Ile to wszystko kosztowało?
        Czy to zadziała przy piaście {n}-biegowej?
        Kiedy następny live?
    """,
    request="""
        Poproszę polskie napisy 🙏
        Zrób drugą część, temat {topic} jest super.
    """,
    criticism="""
        Muzyka za głośno, nic nie słychać.
        Polecany zestaw zepsuł się po {n} dniach, rozczarowanie.
    """,
    neutral="""
        Druga w nocy, a ja oglądam naprawę roweru.
        Kto przyszedł z shortsów?
    """,
    timestamp="""
        {ts} najlepszy moment
    """,
    collab="""
        Cześć Mara, prowadzimy warsztat rowerowy w {city}. Masz ochotę na wspólny film?
    """,
    spam="""
        Zarabiaj 500 zł dziennie z domu, pisz na Telegram @zarobek{n}
    """,
    toxic="""
        Beznadzieja, usuń kanał.
    """,
)
