"""Comments in Spanish, Portuguese and French."""

from youtube.sandbox.texts.voice import voice

SPANISH = voice(
    "es",
    topics="""
        wheel: centrar ruedas
        chain: la cera para cadenas
        brakes: purgar los frenos
        ebike: la conversión a eléctrica
        tubeless: el montaje tubeless
        tools: las herramientas baratas
        trip: el viaje por Portugal
        paint: la pintura en polvo
        kids: la bici infantil
        gears: ajustar los cambios
        printing: las piezas impresas en 3D
        live: el directo
        frame: soldar el cuadro
        lights: las luces con dinamo
    """,
    names="lucia_r pepe.bici marisol javi_mtb abuela_rueda tono.garcia carmencita elcadenas nacho_v",
    praise="""
        ¡El mejor video sobre {topic} que he visto! Muchísimas gracias, Mara.
        Por fin alguien que explica el porqué. Saludos desde {city} 🇲🇽
        Gracias a ti arreglé la bici de mi abuelo, quedó como nueva ❤️
        Qué paz da ver este canal un domingo por la mañana.
        Me suscribí al minuto dos. Eres una crack.
        Llevo {n} años en esto y aprendí algo nuevo hoy.
        Excelente explicación, clara y sin rodeos 👏👏
        Lloré con el final, qué bonito lo que hiciste por esa niña.
        Increíble trabajo, mereces millones de seguidores
        Lo probé ayer y funciona perfecto, ¡gracias!
    """,
    question="""
        ¿Dónde puedo comprar la herramienta que sale en {ts}?
        ¿Sirve también para una rueda de 20 pulgadas?
        ¿Cuánto te costó todo, más o menos?
        Una duda: ¿la cera aguanta la lluvia o hay que repetir cada semana?
        ¿Qué aceite usas? No se lee bien la etiqueta.
        ¿Cada cuánto hay que hacer {topic} si uso la bici a diario?
        ¿Alguien sabe cómo se llama la canción?
        ¿Envían el kit a Argentina? Aquí no lo encuentro.
        ¿Es normal que haga ruido después de {n} kilómetros?
        ¿Cuándo es el próximo directo?
    """,
    request="""
        Por favor, pon subtítulos en español 🙏
        ¿Podrías hacer un video sobre frenos de contrapedal?
        Haz una segunda parte sobre {topic}, porfa.
        Estaría genial una serie para principiantes desde cero.
        Pon los enlaces de las piezas en la descripción, por favor.
        Más viajes como el de Portugal, por favor
    """,
    criticism="""
        La música está demasiado alta, no se te escucha.
        No estoy de acuerdo con lo de la grasa, así se aflojan los tornillos.
        Demasiado largo para lo que explica.
        Compré lo que recomendaste y llegó roto. Muy decepcionado.
        El título engaña, casi no habla de {topic}.
        Antes los videos eran mejores, ahora todo es publicidad.
    """,
    neutral="""
        Viendo esto desde {city} con un mate.
        Yo tengo la misma bici, era de mi padre.
        Aquí después del short jaja
        ¿Quién más lo ve en 2026?
        Son las tres de la mañana y yo viendo esto, no tengo ni bici.
        El gato en {ts} 😂
        Aquí en {city} eso cuesta el doble.
    """,
    timestamp="""
        {ts} la mejor parte
        {ts} jajajaja
        ese sonido en {ts} 🤌
    """,
    collab="""
        Hola Mara, tenemos un taller en {city} y nos encantaría colaborar contigo. ¿A qué correo te escribimos?
        Somos una marca de alforjas, ¿te interesaría probarlas? Te pagamos, claro.
    """,
    spam="""
        Gana dinero desde casa, escríbeme al WhatsApp +52 55 0000 00{n}0
        💰 Invertí 200 y recibí 4.000 en una semana gracias a la señora Elena, búscala en Telegram
        Regalo seguidores gratis aquí 👉 http://gratis.example/{n}
    """,
    toxic="""
        Qué basura de video, dedícate a otra cosa inútil.
        Vuelve a la cocina, esto no es para mujeres
        eres una ridícula y una ladrona
    """,
)
PORTUGUESE = voice(
    "pt",
    topics="""
        wheel: centrar rodas
        chain: cera na corrente
        brakes: sangrar os freios
        ebike: a conversão elétrica
        tubeless: o tubeless
        tools: ferramentas baratas
        trip: a viagem por Portugal
        paint: a pintura a pó
        kids: a bicicleta infantil
        gears: regular as marchas
        printing: peças impressas em 3D
        live: a live
        frame: soldar o quadro
        lights: as luzes com dínamo
    """,
    names="joao.pedala bia_s tiagomtb dona.rosa carlinhos_bike inesporto rafa_l mariadopedal",
    praise="""
        Melhor vídeo sobre {topic} que já vi, parabéns!
        Que aula! Muito obrigado, Mara, um abraço de {city} 🇧🇷
        Consegui arrumar a bike do meu filho graças a você ❤️
        Que canal maravilhoso, dá uma calma ver isso.
        Explicação perfeita, sem enrolação 👏
        Vim pelo short e fiquei pelo conteúdo, inscrito!
        Chorei no final, que coisa linda.
        Sou mecânico há {n} anos e aprendi coisa nova hoje.
        show de bola demais
    """,
    question="""
        Onde compro essa ferramenta que aparece em {ts}?
        Serve para aro 29 também?
        Quanto custou tudo no total?
        Qual óleo você usa? Não dá para ler o rótulo.
        Dá para fazer {topic} sem o suporte?
        Vocês enviam o kit para o Brasil?
        É normal fazer barulho depois de {n} dias?
        Qual é o nome da música?
        Quando é a próxima live?
    """,
    request="""
        Faz um vídeo sobre freio contrapedal, por favor!
        Coloca legenda em português, meu pai ia adorar.
        Queria uma parte 2 sobre {topic}.
        Podia fazer uma série para iniciantes?
        Mais viagens, por favor! A de Portugal ficou linda.
    """,
    criticism="""
        A música está muito alta, quase não dá para ouvir.
        Muito longo, dava para explicar em 5 minutos.
        Discordo da graxa na rosca, isso solta com o tempo.
        Comprei o que indicou e quebrou em {n} dias. Decepcionado.
        Só propaganda agora, que pena.
    """,
    neutral="""
        Assistindo de {city} no intervalo do trabalho.
        Tenho uma igual, era do meu avô.
        Quem mais veio do short?
        2 da manhã e eu vendo isso kkkk
        O gato em {ts} kkkkkk
        Aqui isso custa o triplo.
    """,
    timestamp="""
        {ts} melhor parte kkk
        {ts} que barulhinho bom
    """,
    collab="""
        Oi Mara! Temos uma oficina comunitária em {city}, topa uma parceria? Para onde mandamos e-mail?
        Somos uma marca de capacetes e queremos patrocinar um vídeo. Qual o contato comercial?
    """,
    spam="""
        Ganhe R$ 500 por dia só com o celular, me chama no zap (11) 90000-00{n}0
        Seguidores reais e baratos 👉 http://seguidores.example/{n}
        Meu marido voltou em 3 dias graças ao pai Tomé, chama no Telegram
    """,
    toxic="""
        Que lixo de vídeo, vai lavar louça.
        burra demais, não entende nada de bicicleta
        sua fracassada, apaga o canal
    """,
)
FRENCH = voice(
    "fr",
    topics="""
        wheel: le dévoilage de roue
        chain: la cire pour chaîne
        brakes: la purge des freins
        ebike: la conversion électrique
        tubeless: le montage tubeless
        tools: les outils pas chers
        trip: le voyage au Portugal
        paint: la peinture poudre
        kids: le vélo enfant
        gears: le réglage des vitesses
        printing: les pièces imprimées en 3D
        live: le direct
        frame: la brasure du cadre
        lights: l'éclairage à dynamo
    """,
    names="camille.v jeanrayon lolo_velo mamie.guidon thib_38 elodie.b petitplateau remi_g",
    praise="""
        Meilleure vidéo sur {topic}, merci infiniment Mara !
        Enfin quelqu'un qui explique pourquoi, et pas seulement comment. Bravo 👏
        Grâce à vous j'ai remis en route le vélo de mon père, merci ❤️
        Quel calme, quelle précision. Un bonheur du dimanche matin.
        Abonné direct. Bonjour de {city} !
        {n} ans de métier et j'apprends encore, chapeau.
        Le montage est superbe, on sent le travail.
        J'ai versé une larme à la fin, c'est magnifique.
        super vidéo comme d'hab
    """,
    question="""
        Où trouver l'outil que l'on voit à {ts} ?
        Est-ce que ça marche aussi sur un moyeu {n} vitesses ?
        Combien ça coûte en tout, à peu près ?
        C'est quoi le couple de serrage pour les vis du disque ?
        Peut-on faire {topic} sans pied d'atelier ?
        Vous livrez le kit en Belgique ?
        Quelqu'un connaît le titre de la musique ?
        La cire tient-elle sous la pluie ?
        À quand le prochain direct ?
    """,
    request="""
        Une vidéo sur les freins à rétropédalage, s'il vous plaît !
        Des sous-titres français seraient formidables 🙏
        On veut une suite sur {topic} !
        Pourriez-vous mettre les références des pièces dans la description ?
        Encore des voyages, celui-ci était génial
    """,
    criticism="""
        La musique est beaucoup trop forte, dommage.
        Trop long, on pouvait tout dire en cinq minutes.
        Pas d'accord pour la graisse sur le filetage, ça se desserre.
        J'ai acheté le kit conseillé, cassé au bout de {n} jours. Très déçue.
        Titre trompeur, on ne parle presque pas de {topic}.
    """,
    neutral="""
        Je regarde ça depuis {city} sous la pluie.
        J'ai le même, hérité de mon grand-père.
        Qui vient du short ?
        Il est 2 h du matin et je n'ai même pas de vélo mdr
        Le chat à {ts} 😂
        Ici ça coûte le double.
    """,
    timestamp="""
        {ts} le meilleur moment
        {ts} ce bruit 🤌
    """,
    collab="""
        Bonjour Mara, nous avons un atelier participatif à {city} et aimerions collaborer. Quelle adresse ?
        Nous fabriquons des sacoches en France : partante pour un partenariat rémunéré ?
    """,
    spam="""
        J'ai gagné 4 000 € en une semaine grâce à Mme Dubois, contactez-la sur WhatsApp +33 6 00 00 00 {n}0
        Crédit rapide sans justificatif 👉 http://pret.example/{n}
        Marabout sérieux, retour de l'être aimé en 48 h
    """,
    toxic="""
        Quelle nulle, retourne à ta cuisine.
        vidéo de merde, arrête YouTube
        pauvre conne, tu n'y connais rien
    """,
)
