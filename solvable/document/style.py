"""The look of the house's pages, of `solvable verify` and of `solvable report`."""

STYLE = """
body { font: 17px/1.55 Georgia, 'Times New Roman', 'STIX Two Text', serif; color: #222; background: #fff; }
body { max-width: 46rem; margin: 2rem auto 6rem; padding: 0 1rem; overflow-wrap: break-word; }
h1 { font-size: 1.9rem; line-height: 1.2; margin-bottom: .3rem; }
h2 { font-size: 1.4rem; line-height: 1.25; margin-top: 3rem; border-bottom: 1px solid #ccc; padding-bottom: .2rem; }
h2.part { font-size: 1.7rem; margin-top: 5rem; border-bottom: 2px solid #222; }
h3 { font-size: 1.12rem; margin: 2rem 0 .2rem; }
h2, h3, h4 { break-after: avoid; }
a { color: #0b5a8a; text-decoration: none; } a:hover { text-decoration: underline; }
code { font: .84em 'DejaVu Sans Mono', Menlo, Consolas, monospace; background: #f4f4f4; padding: .05em .25em; }
.subtitle { color: #444; margin-top: 0; }
.verdict { padding: .6rem 1rem; border-left: 6px solid; background: #f6f6f6; font-size: 1.05rem; }
.verdict.pass { border-color: #009E73; }
.verdict.fail { border-color: #D55E00; }
.verdict.unknown { border-color: #E69F00; }
:is(span, td).pass { color: #00724f; } :is(span, td).fail { color: #b04a00; font-weight: bold; }
:is(span, td):is(.unknown, .drawn) { color: #7a5a00; }
.scroll { overflow-x: auto; margin: .4rem 0 1.6rem; }
table { border-collapse: collapse; font-size: .85rem; width: 100%; font-variant-numeric: tabular-nums; }
thead { border-top: 1.5px solid #222; border-bottom: 1px solid #222; }
tbody { border-bottom: 1.5px solid #222; }
th, td { text-align: left; padding: .25rem .6rem; vertical-align: top; }
tbody tr + tr td { border-top: 1px solid #ececec; }
.line + .line { margin-top: .4em; }
td.n, th.n { text-align: right; white-space: nowrap; }
figure { margin: 1.8rem 0; break-inside: avoid; } figure img { width: 100%; height: auto; }
figcaption, .caption { font-size: .9rem; color: #333; line-height: 1.45; }
.caption { margin: 1.6rem 0 .4rem; break-after: avoid; }
.formula { overflow-x: auto; overflow-y: hidden; padding: .35rem 0; text-align: center; }
.formula svg { max-width: none; }
.m svg { max-width: 100%; } td .m svg { max-width: none; } .m { white-space: nowrap; }
svg { fill: currentColor; } svg.sheet { position: absolute; }
.small { font-size: .9rem; color: #444; }
.claim { margin: 1.1rem 0; padding: .7rem 1rem .6rem; background: #fafaf8; border-left: 3px solid #b9c4cc; }
.claim { break-inside: avoid; }
.claim.fail { border-color: #D55E00; background: #fdf3ec; } .claim.unknown { border-color: #E69F00; }
.claim h4 { margin: 0; font-size: 1rem; } .claim h4 .number { color: #666; font-weight: normal; margin-right: .35em; }
.claim p { margin: .15rem 0; } .claim .small { font-size: .84rem; line-height: 1.45; }
.contents ol { list-style: none; padding-left: 0; margin: .3rem 0; } .contents li { margin: .1rem 0; }
.contents li.part { font-weight: bold; margin-top: .7rem; } .contents .number { display: inline-block; width: 1.9em; }
:target { scroll-margin-top: 1rem; } .claim:target { outline: 2px solid #56B4E9; }
@media (max-width: 40rem) { body { font-size: 16px; margin-top: 1rem; } .claim { padding: .6rem .6rem .5rem; } }
@media print { body { max-width: none; font-size: 10.5pt; } .claim { background: none; } a { color: inherit; }
  .formula { overflow: visible; } .formula svg { max-width: 100%; height: auto !important; } }
"""
