// Made by scripts/rule-shapes.

import "math"
import "pe"

rule alternatives_behind_a_common_literal_0
{
  strings:
    $a0 = /(http|ftps|ws):\/\/(hasikety\.teti\.example|sijifivy\.hehe\.example|jypuvete\.mibi\.example|qequpuxu\.lizy\.example)/
  condition:
    $a0
}

rule alternatives_behind_a_common_literal_1
{
  strings:
    $a0 = /(http|ftps|ws):\/\/(mufituve\.tyhe\.example|jyrerutu\.fyju\.example|lunywodo\.gogo\.example|dedupequ\.wyva\.example)/
  condition:
    $a0
}

rule alternatives_behind_a_common_literal_2
{
  strings:
    $a0 = /(http|ftps|ws):\/\/(gydoqoho\.rely\.example|qypenizi\.gowa\.example|xogezyra\.vuwo\.example|wabuloqo\.zuto\.example)/
  condition:
    $a0
}

rule alternatives_behind_a_common_literal_3
{
  strings:
    $a0 = /(http|ftps|ws):\/\/(gehepymo\.capu\.example|hugelahu\.kema\.example|xidinazi\.pyho\.example|ruryvybi\.rycu\.example)/
  condition:
    $a0
}

rule alternatives_behind_a_common_literal_4
{
  strings:
    $a0 = /(http|ftps|ws):\/\/(lolajihi\.gysa\.example|filusuxa\.kydo\.example|nedeputu\.voqy\.example|mobujyja\.dopy\.example)/
  condition:
    $a0
}

rule alternatives_behind_a_common_literal_5
{
  strings:
    $a0 = /(http|ftps|ws):\/\/(dubijewe\.nage\.example|siburyve\.logo\.example|zezitavu\.pucu\.example|simyzajy\.vuja\.example)/
  condition:
    $a0
}

rule alternatives_behind_a_common_literal_6
{
  strings:
    $a0 = /(http|ftps|ws):\/\/(hikerawe\.bowy\.example|kodytoje\.silo\.example|mejonywu\.lija\.example|dugodati\.peta\.example)/
  condition:
    $a0
}

rule alternatives_behind_a_common_literal_7
{
  strings:
    $a0 = /(http|ftps|ws):\/\/(diginari\.jame\.example|kezepyja\.xagu\.example|necehimy\.wixi\.example|vunimiko\.pori\.example)/
  condition:
    $a0
}

rule alternatives_behind_a_class_0
{
  strings:
    $a0 = /:[0-9]{2,5}\/(walogyjo\/pesijogi\/mopitiji|xaqykyqa\/vufypaqo\/dozypopu|jyriwoxe\/vakaxuri\/lopynupu)/
  condition:
    $a0
}

rule alternatives_behind_a_class_1
{
  strings:
    $a0 = /:[0-9]{2,5}\/(pyxyhiha\/najokiwo\/fomigydi|kikyroja\/foninujy\/bazywuxe|hybawequ\/fuguzero\/kigyxora)/
  condition:
    $a0
}

rule alternatives_behind_a_class_2
{
  strings:
    $a0 = /:[0-9]{2,5}\/(wojonozo\/codavule\/cylugyny|facafini\/mowenomy\/dakuzode|lyvikuca\/vusyfona\/vofihyci)/
  condition:
    $a0
}

rule alternatives_behind_a_class_3
{
  strings:
    $a0 = /:[0-9]{2,5}\/(cumereje\/tozukyce\/vipivezo|sujikynu\/tyqiteru\/qetapewy|josirefi\/badokura\/qupawyma)/
  condition:
    $a0
}

rule alternatives_behind_a_class_4
{
  strings:
    $a0 = /:[0-9]{2,5}\/(nepewagy\/zuxekena\/rulogojy|pegaloxe\/ziluqyxa\/jalytuvi|soxorohy\/tutyviwa\/huzepiwa)/
  condition:
    $a0
}

rule alternatives_behind_a_class_5
{
  strings:
    $a0 = /:[0-9]{2,5}\/(tyjeceky\/dihabiky\/zokobegi|qubaqoce\/pyxuvumo\/fevilori|lifycacu\/qavuwygi\/hafyfabu)/
  condition:
    $a0
}

rule alternatives_behind_a_class_6
{
  strings:
    $a0 = /:[0-9]{2,5}\/(losafesa\/zopojugo\/xyrijyku|maguwupe\/syrutyja\/vavimofo|huzabani\/bydofyzo\/sabakyxo)/
  condition:
    $a0
}

rule alternatives_behind_a_class_7
{
  strings:
    $a0 = /:[0-9]{2,5}\/(budedysi\/nequfuqy\/xasohypu|vodujeku\/cagirasi\/nafecogu|vybidopo\/gizilizu\/marovady)/
  condition:
    $a0
}

rule pairs_of_bytes_0
{
  strings:
    $a0 = { 9D E8 [1-16] E8 [1-16] 1D 63 [4-32] 46 ( D? | 5? ) }
  condition:
    uint16(0) != 0x5A4D and all of them
}

rule pairs_of_bytes_1
{
  strings:
    $a0 = { 5D AF [1-16] E8 [1-16] 69 1A [4-32] D9 ( D? | 5? ) }
  condition:
    uint16(0) != 0x5A4D and all of them
}

rule pairs_of_bytes_2
{
  strings:
    $a0 = { 5B 37 [1-16] 89 [1-16] 1C BC [4-32] D6 ( D? | 5? ) }
  condition:
    uint16(0) != 0x5A4D and all of them
}

rule pairs_of_bytes_3
{
  strings:
    $a0 = { 4C 27 [1-16] 83 [1-16] 86 13 [4-32] EF ( D? | 5? ) }
  condition:
    uint16(0) != 0x5A4D and all of them
}

rule pairs_of_bytes_4
{
  strings:
    $a0 = { 5A 73 [1-16] 8B [1-16] 51 C1 [4-32] 4B ( D? | 5? ) }
  condition:
    uint16(0) != 0x5A4D and all of them
}

rule pairs_of_bytes_5
{
  strings:
    $a0 = { 54 73 [1-16] 24 [1-16] E1 4D [4-32] B6 ( D? | 5? ) }
  condition:
    uint16(0) != 0x5A4D and all of them
}

rule pairs_of_bytes_6
{
  strings:
    $a0 = { 13 1A [1-16] 48 [1-16] B8 6B [4-32] B7 ( D? | 5? ) }
  condition:
    uint16(0) != 0x5A4D and all of them
}

rule pairs_of_bytes_7
{
  strings:
    $a0 = { B7 30 [1-16] 00 [1-16] 13 8B [4-32] C2 ( D? | 5? ) }
  condition:
    uint16(0) != 0x5A4D and all of them
}

rule masked_code_0
{
  strings:
    $a0 = { E8 4? ?? 00 C1 ?? 24 4? ?? 24 D9 ?? 00 4? ?? C0 97 ?? E8 4? ?? E8 D4 ?? C0 4? ?? 8B BD ?? 48 4? ?? C0 94 ?? 46 }
  condition:
    all of them
}

rule masked_code_1
{
  strings:
    $a0 = { 83 4? ?? C0 26 ?? 00 4? ?? E8 D3 ?? 48 4? ?? 83 45 ?? 8B 4? ?? 83 81 ?? FF 4? ?? 0F 5E ?? FF 4? ?? E8 50 ?? C7 }
  condition:
    all of them
}

rule masked_code_2
{
  strings:
    $a0 = { FF 4? ?? 0F 91 ?? 0F 4? ?? E8 CE ?? 89 4? ?? 8B D5 ?? 0F 4? ?? 0F E4 ?? 89 4? ?? C0 EA ?? 83 4? ?? FF 62 ?? AC }
  condition:
    all of them
}

rule masked_code_3
{
  strings:
    $a0 = { 8B 4? ?? C0 5E ?? 48 4? ?? 24 20 ?? 83 4? ?? 24 6F ?? 89 4? ?? 48 BD ?? E8 4? ?? FF C6 ?? C0 4? ?? 89 55 ?? 5A }
  condition:
    all of them
}

rule masked_code_4
{
  strings:
    $a0 = { 24 4? ?? 48 97 ?? 0F 4? ?? 83 75 ?? 89 4? ?? E8 DF ?? 8B 4? ?? FF 9C ?? 89 4? ?? 83 5B ?? 00 4? ?? 0F 5A ?? 25 }
  condition:
    all of them
}

rule masked_code_5
{
  strings:
    $a0 = { FF 4? ?? 00 92 ?? E8 4? ?? 24 2A ?? 24 4? ?? 89 EC ?? FF 4? ?? 8B 27 ?? FF 4? ?? 89 2C ?? 24 4? ?? 48 28 ?? EC }
  condition:
    all of them
}

rule masked_code_6
{
  strings:
    $a0 = { 48 4? ?? 8B 7D ?? 89 4? ?? C0 AC ?? 0F 4? ?? FF CD ?? 83 4? ?? 00 75 ?? FF 4? ?? 48 8D ?? FF 4? ?? FF D5 ?? 47 }
  condition:
    all of them
}

rule masked_code_7
{
  strings:
    $a0 = { 48 4? ?? 8B 55 ?? 83 4? ?? 8B D9 ?? 8B 4? ?? 48 2B ?? 8B 4? ?? 00 B3 ?? 89 4? ?? 0F 18 ?? 00 4? ?? C0 DD ?? 69 }
  condition:
    all of them
}

rule run_of_zeros_0
{
  strings:
    $a0 = { E2 01 ?? E8 ?? 00 00 00 }
  condition:
    $a0
}

rule run_of_zeros_1
{
  strings:
    $a0 = { BA 01 ?? E8 ?? 00 00 00 }
  condition:
    $a0
}

rule run_of_zeros_2
{
  strings:
    $a0 = { 27 01 ?? E8 ?? 00 00 00 }
  condition:
    $a0
}

rule run_of_zeros_3
{
  strings:
    $a0 = { 9A 01 ?? E8 ?? 00 00 00 }
  condition:
    $a0
}

rule run_of_zeros_4
{
  strings:
    $a0 = { 35 01 ?? E8 ?? 00 00 00 }
  condition:
    $a0
}

rule run_of_zeros_5
{
  strings:
    $a0 = { C3 01 ?? E8 ?? 00 00 00 }
  condition:
    $a0
}

rule run_of_zeros_6
{
  strings:
    $a0 = { 30 01 ?? E8 ?? 00 00 00 }
  condition:
    $a0
}

rule run_of_zeros_7
{
  strings:
    $a0 = { DC 01 ?? E8 ?? 00 00 00 }
  condition:
    $a0
}

rule tag_in_first_bytes_0
{
  strings:
    $a0 = "^X"
  condition:
    $a0 in (0..100)
}

rule tag_in_first_bytes_1
{
  strings:
    $a0 = "|X"
  condition:
    $a0 in (0..100)
}

rule tag_in_first_bytes_2
{
  strings:
    $a0 = "`J"
  condition:
    $a0 in (0..100)
}

rule tag_in_first_bytes_3
{
  strings:
    $a0 = "^J"
  condition:
    $a0 in (0..100)
}

rule tag_in_first_bytes_4
{
  strings:
    $a0 = "`J"
  condition:
    $a0 in (0..100)
}

rule tag_in_first_bytes_5
{
  strings:
    $a0 = "`X"
  condition:
    $a0 in (0..100)
}

rule tag_in_first_bytes_6
{
  strings:
    $a0 = "`X"
  condition:
    $a0 in (0..100)
}

rule tag_in_first_bytes_7
{
  strings:
    $a0 = "|Z"
  condition:
    $a0 in (0..100)
}

rule tag_at_the_end_0
{
  strings:
    $a0 = "^J"
  condition:
    $a0 in (filesize-1000..filesize)
}

rule tag_at_the_end_1
{
  strings:
    $a0 = "|Q"
  condition:
    $a0 in (filesize-1000..filesize)
}

rule tag_at_the_end_2
{
  strings:
    $a0 = "~Q"
  condition:
    $a0 in (filesize-1000..filesize)
}

rule tag_at_the_end_3
{
  strings:
    $a0 = "|Z"
  condition:
    $a0 in (filesize-1000..filesize)
}

rule tag_at_the_end_4
{
  strings:
    $a0 = "^X"
  condition:
    $a0 in (filesize-1000..filesize)
}

rule tag_at_the_end_5
{
  strings:
    $a0 = "@J"
  condition:
    $a0 in (filesize-1000..filesize)
}

rule tag_at_the_end_6
{
  strings:
    $a0 = "^Q"
  condition:
    $a0 in (filesize-1000..filesize)
}

rule tag_at_the_end_7
{
  strings:
    $a0 = "@Z"
  condition:
    $a0 in (filesize-1000..filesize)
}

rule tags_of_a_set_in_a_range_0
{
  strings:
    $a0 = "@Z"
    $a1 = "~X"
    $a2 = "|Q"
  condition:
    filesize > 1000 and 2 of them in (0..200)
}

rule tags_of_a_set_in_a_range_1
{
  strings:
    $a0 = "~X"
    $a1 = "`J"
    $a2 = "|X"
  condition:
    filesize > 1000 and 2 of them in (0..200)
}

rule tags_of_a_set_in_a_range_2
{
  strings:
    $a0 = "`Z"
    $a1 = "^Q"
    $a2 = "|Q"
  condition:
    filesize > 1000 and 2 of them in (0..200)
}

rule tags_of_a_set_in_a_range_3
{
  strings:
    $a0 = "`Z"
    $a1 = "~X"
    $a2 = "@J"
  condition:
    filesize > 1000 and 2 of them in (0..200)
}

rule tags_of_a_set_in_a_range_4
{
  strings:
    $a0 = "^X"
    $a1 = "^Z"
    $a2 = "^J"
  condition:
    filesize > 1000 and 2 of them in (0..200)
}

rule tags_of_a_set_in_a_range_5
{
  strings:
    $a0 = "|J"
    $a1 = "^X"
    $a2 = "~X"
  condition:
    filesize > 1000 and 2 of them in (0..200)
}

rule tags_of_a_set_in_a_range_6
{
  strings:
    $a0 = "`Z"
    $a1 = "|Q"
    $a2 = "@Q"
  condition:
    filesize > 1000 and 2 of them in (0..200)
}

rule tags_of_a_set_in_a_range_7
{
  strings:
    $a0 = "^J"
    $a1 = "|X"
    $a2 = "~Q"
  condition:
    filesize > 1000 and 2 of them in (0..200)
}

rule magic_at_a_place_0
{
  strings:
    $a0 = { 2C 21 }
    $a1 = "begavo"
  condition:
    $a0 at 60 and $a1
}

rule magic_at_a_place_1
{
  strings:
    $a0 = { 1A 18 }
    $a1 = "cimeri"
  condition:
    $a0 at 60 and $a1
}

rule magic_at_a_place_2
{
  strings:
    $a0 = { 8F 10 }
    $a1 = "magify"
  condition:
    $a0 at 60 and $a1
}

rule magic_at_a_place_3
{
  strings:
    $a0 = { CD A3 }
    $a1 = "hycura"
  condition:
    $a0 at 60 and $a1
}

rule magic_at_a_place_4
{
  strings:
    $a0 = { C0 40 }
    $a1 = "tipoci"
  condition:
    $a0 at 60 and $a1
}

rule magic_at_a_place_5
{
  strings:
    $a0 = { 1C CE }
    $a1 = "jywaqe"
  condition:
    $a0 at 60 and $a1
}

rule magic_at_a_place_6
{
  strings:
    $a0 = { 9C 46 }
    $a1 = "zupiqu"
  condition:
    $a0 at 60 and $a1
}

rule magic_at_a_place_7
{
  strings:
    $a0 = { 15 5C }
    $a1 = "qamivi"
  condition:
    $a0 at 60 and $a1
}

rule encoded_text_0
{
  strings:
    $a0 = "vufivu" base64 base64wide
  condition:
    $a0
}

rule encoded_text_1
{
  strings:
    $a0 = "dumanu" base64 base64wide
  condition:
    $a0
}

rule encoded_text_2
{
  strings:
    $a0 = "qyjuvi" base64 base64wide
  condition:
    $a0
}

rule encoded_text_3
{
  strings:
    $a0 = "cevyso" base64 base64wide
  condition:
    $a0
}

rule encoded_text_4
{
  strings:
    $a0 = "qixyna" base64 base64wide
  condition:
    $a0
}

rule encoded_text_5
{
  strings:
    $a0 = "piqusi" base64 base64wide
  condition:
    $a0
}

rule encoded_text_6
{
  strings:
    $a0 = "sumare" base64 base64wide
  condition:
    $a0
}

rule encoded_text_7
{
  strings:
    $a0 = "hujaka" base64 base64wide
  condition:
    $a0
}

rule xored_text_0
{
  strings:
    $a0 = "xylewebete" xor
  condition:
    $a0
}

rule xored_text_1
{
  strings:
    $a0 = "nofeliniva" xor
  condition:
    $a0
}

rule xored_text_2
{
  strings:
    $a0 = "boxykajela" xor
  condition:
    $a0
}

rule xored_text_3
{
  strings:
    $a0 = "gykusysufe" xor
  condition:
    $a0
}

rule xored_text_4
{
  strings:
    $a0 = "zyfipodolo" xor
  condition:
    $a0
}

rule xored_text_5
{
  strings:
    $a0 = "vaxytuvywi" xor
  condition:
    $a0
}

rule xored_text_6
{
  strings:
    $a0 = "cajeqicezo" xor
  condition:
    $a0
}

rule xored_text_7
{
  strings:
    $a0 = "tupuzocera" xor
  condition:
    $a0
}

rule short_in_a_small_item_0
{
  strings:
    $a0 = "^X"
  condition:
    filesize < 2KB and $a0
}

rule short_in_a_small_item_1
{
  strings:
    $a0 = "`X"
  condition:
    filesize < 2KB and $a0
}

rule short_in_a_small_item_2
{
  strings:
    $a0 = "~Z"
  condition:
    filesize < 2KB and $a0
}

rule short_in_a_small_item_3
{
  strings:
    $a0 = "`J"
  condition:
    filesize < 2KB and $a0
}

rule short_in_a_small_item_4
{
  strings:
    $a0 = "|Q"
  condition:
    filesize < 2KB and $a0
}

rule short_in_a_small_item_5
{
  strings:
    $a0 = "@J"
  condition:
    filesize < 2KB and $a0
}

rule short_in_a_small_item_6
{
  strings:
    $a0 = "`Q"
  condition:
    filesize < 2KB and $a0
}

rule short_in_a_small_item_7
{
  strings:
    $a0 = "~X"
  condition:
    filesize < 2KB and $a0
}

rule class_with_a_word_0
{
  strings:
    $a0 = /[a-z]{8}[0-9]{4}/
    $a1 = "cohygohu"
  condition:
    all of them
}

rule class_with_a_word_1
{
  strings:
    $a0 = /[a-z]{8}[0-9]{4}/
    $a1 = "vesohibu"
  condition:
    all of them
}

rule class_with_a_word_2
{
  strings:
    $a0 = /[a-z]{8}[0-9]{4}/
    $a1 = "vixyzata"
  condition:
    all of them
}

rule class_with_a_word_3
{
  strings:
    $a0 = /[a-z]{8}[0-9]{4}/
    $a1 = "zumujipi"
  condition:
    all of them
}

rule class_with_a_word_4
{
  strings:
    $a0 = /[a-z]{8}[0-9]{4}/
    $a1 = "dozeqixe"
  condition:
    all of them
}

rule class_with_a_word_5
{
  strings:
    $a0 = /[a-z]{8}[0-9]{4}/
    $a1 = "qifyniqe"
  condition:
    all of them
}

rule class_with_a_word_6
{
  strings:
    $a0 = /[a-z]{8}[0-9]{4}/
    $a1 = "fojysuji"
  condition:
    all of them
}

rule class_with_a_word_7
{
  strings:
    $a0 = /[a-z]{8}[0-9]{4}/
    $a1 = "vinacyko"
  condition:
    all of them
}

rule class_without_atom_0
{
  strings:
    $a0 = /[HX]{6,12}[0-9]{5}/
  condition:
    $a0
}

rule class_without_atom_1
{
  strings:
    $a0 = /[XH]{6,12}[0-9]{5}/
  condition:
    $a0
}

rule class_without_atom_2
{
  strings:
    $a0 = /[GJ]{6,12}[0-9]{5}/
  condition:
    $a0
}

rule class_without_atom_3
{
  strings:
    $a0 = /[QK]{6,12}[0-9]{5}/
  condition:
    $a0
}

rule class_without_atom_4
{
  strings:
    $a0 = /[HJ]{6,12}[0-9]{5}/
  condition:
    $a0
}

rule class_without_atom_5
{
  strings:
    $a0 = /[ZH]{6,12}[0-9]{5}/
  condition:
    $a0
}

rule class_without_atom_6
{
  strings:
    $a0 = /[XZ]{6,12}[0-9]{5}/
  condition:
    $a0
}

rule class_without_atom_7
{
  strings:
    $a0 = /[GJ]{6,12}[0-9]{5}/
  condition:
    $a0
}

rule long_jump_0
{
  strings:
    $a0 = { 91 D4 21 [0-400] AA AD 76 }
  condition:
    $a0
}

rule long_jump_1
{
  strings:
    $a0 = { 85 E1 2D [0-400] D3 17 32 }
  condition:
    $a0
}

rule long_jump_2
{
  strings:
    $a0 = { 6D BC 27 [0-400] 45 57 A4 }
  condition:
    $a0
}

rule long_jump_3
{
  strings:
    $a0 = { 3B DF DE [0-400] B7 E6 9F }
  condition:
    $a0
}

rule long_jump_4
{
  strings:
    $a0 = { 45 46 5F [0-400] D5 5D EB }
  condition:
    $a0
}

rule long_jump_5
{
  strings:
    $a0 = { A6 71 B0 [0-400] 9B 23 79 }
  condition:
    $a0
}

rule long_jump_6
{
  strings:
    $a0 = { A5 17 12 [0-400] BD 92 62 }
  condition:
    $a0
}

rule long_jump_7
{
  strings:
    $a0 = { DB DB 36 [0-400] CB E6 CE }
  condition:
    $a0
}

rule header_or_strings_0
{
  strings:
    $a0 = "biqusuqi"
    $a1 = "fazuguvy"
    $a2 = "zufyrocu"
    $a3 = "tigujyne"
    $a4 = "luwuhipo"
    $a5 = "cejiwope"
  condition:
    (uint16(0) == 0x5A4D and pe.imphash() == "7bcb2c52ed87d6802391e10b26b779fe") or 5 of them
}

rule header_or_strings_1
{
  strings:
    $a0 = "rytocosi"
    $a1 = "rupujixy"
    $a2 = "melifave"
    $a3 = "gapavosu"
    $a4 = "qaqadumu"
    $a5 = "zesidowa"
  condition:
    (uint16(0) == 0x5A4D and pe.imphash() == "c4bc84060c2088e47b6fdaadb9737b60") or 5 of them
}

rule header_or_strings_2
{
  strings:
    $a0 = "dywifytu"
    $a1 = "minijubo"
    $a2 = "hypovoto"
    $a3 = "tovekuxu"
    $a4 = "pelerika"
    $a5 = "vofefubu"
  condition:
    (uint16(0) == 0x5A4D and pe.imphash() == "444b0d2a7afe8a154c7cb2622967061f") or 5 of them
}

rule header_or_strings_3
{
  strings:
    $a0 = "fyqadyhu"
    $a1 = "fyrezife"
    $a2 = "tetymini"
    $a3 = "vuqulepi"
    $a4 = "tekaxuho"
    $a5 = "satadycy"
  condition:
    (uint16(0) == 0x5A4D and pe.imphash() == "6dd7f568b6f12388a5b4c2864ad2899e") or 5 of them
}

rule header_or_strings_4
{
  strings:
    $a0 = "cujaniwo"
    $a1 = "cesizyqy"
    $a2 = "pasoxute"
    $a3 = "tihonipy"
    $a4 = "ruhonadi"
    $a5 = "kadapena"
  condition:
    (uint16(0) == 0x5A4D and pe.imphash() == "6b3dbd5b59384ddc77ce0336442085b6") or 5 of them
}

rule header_or_strings_5
{
  strings:
    $a0 = "munozevo"
    $a1 = "xuwyxyso"
    $a2 = "volyfedu"
    $a3 = "kebizoni"
    $a4 = "fohawibo"
    $a5 = "rarolaki"
  condition:
    (uint16(0) == 0x5A4D and pe.imphash() == "9933b67165e19f0bbc5d134908326843") or 5 of them
}

rule header_or_strings_6
{
  strings:
    $a0 = "myriwuti"
    $a1 = "hiqewozu"
    $a2 = "lecyvysu"
    $a3 = "kilusomu"
    $a4 = "zofivyxy"
    $a5 = "pudahyzu"
  condition:
    (uint16(0) == 0x5A4D and pe.imphash() == "84b91f454e56e26fc8023c8d1d2dee52") or 5 of them
}

rule header_or_strings_7
{
  strings:
    $a0 = "zityjefu"
    $a1 = "zuziruli"
    $a2 = "wahijewi"
    $a3 = "fosofydi"
    $a4 = "mikixyvi"
    $a5 = "savywebo"
  condition:
    (uint16(0) == 0x5A4D and pe.imphash() == "c6efe44e19590eb92663ae8262c9db73") or 5 of them
}

rule field_of_a_header_0
{
  condition:
    pe.number_of_sections == 5 and pe.timestamp == 251640797
}

rule field_of_a_header_1
{
  condition:
    pe.number_of_sections == 3 and pe.timestamp == 273891841
}

rule field_of_a_header_2
{
  condition:
    pe.number_of_sections == 5 and pe.timestamp == 1385039744
}

rule field_of_a_header_3
{
  condition:
    pe.number_of_sections == 4 and pe.timestamp == 770352791
}

rule field_of_a_header_4
{
  condition:
    pe.number_of_sections == 6 and pe.timestamp == 448591423
}

rule field_of_a_header_5
{
  condition:
    pe.number_of_sections == 7 and pe.timestamp == 1026270189
}

rule field_of_a_header_6
{
  condition:
    pe.number_of_sections == 3 and pe.timestamp == 406365223
}

rule field_of_a_header_7
{
  condition:
    pe.number_of_sections == 7 and pe.timestamp == 1045515559
}

rule function_of_first_page_and_size_0
{
  condition:
    filesize == 13001 and math.entropy(0, 1024) > 7
}

rule function_of_first_page_and_size_1
{
  condition:
    filesize == 2001 and math.entropy(0, 1024) > 7
}

rule function_of_first_page_and_size_2
{
  condition:
    filesize == 36001 and math.entropy(0, 1024) > 7
}

rule function_of_first_page_and_size_3
{
  condition:
    filesize == 36001 and math.entropy(0, 1024) > 7
}

rule function_of_first_page_and_size_4
{
  condition:
    filesize == 3001 and math.entropy(0, 1024) > 7
}

rule function_of_first_page_and_size_5
{
  condition:
    filesize == 21001 and math.entropy(0, 1024) > 7
}

rule function_of_first_page_and_size_6
{
  condition:
    filesize == 11001 and math.entropy(0, 1024) > 7
}

rule function_of_first_page_and_size_7
{
  condition:
    filesize == 33001 and math.entropy(0, 1024) > 7
}

rule constant_external_0
{
  strings:
    $a0 = "ku"
  condition:
    filename contains "cyvesaqe" and $a0
}

rule constant_external_1
{
  strings:
    $a0 = "to"
  condition:
    filename contains "ruhogune" and $a0
}

rule constant_external_2
{
  strings:
    $a0 = "dy"
  condition:
    filename contains "tyvohevi" and $a0
}

rule constant_external_3
{
  strings:
    $a0 = "ba"
  condition:
    filename contains "pyjacani" and $a0
}

rule constant_external_4
{
  strings:
    $a0 = "ki"
  condition:
    filename contains "qezebova" and $a0
}

rule constant_external_5
{
  strings:
    $a0 = "ko"
  condition:
    filename contains "gyseliki" and $a0
}

rule constant_external_6
{
  strings:
    $a0 = "ha"
  condition:
    filename contains "pibasivu" and $a0
}

rule constant_external_7
{
  strings:
    $a0 = "vo"
  condition:
    filename contains "kilyhuvi" and $a0
}
