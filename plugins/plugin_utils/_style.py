# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""How the reports look, by day and by night, on a wide screen and on a narrow one."""

from __future__ import annotations

STYLE = """
:root{--bg:#fff;--ink:#1b1f24;--quiet:#59636e;--line:#d5dae0;--card:#f6f8fa;--link:#0757ba;
--old:#ffebe9;--old-mark:#ffb8b0;--new:#dafbe1;--new-mark:#8fe0a2;--hole:#eceff2;
--missing:#8a4b00;--different:#0757ba;--moved:#6639ba;--unwanted:#b3261e;--unlisted:#b3261e;--failed:#b3261e;--refused:#b3261e;--equal:#1a6b34}
@media (prefers-color-scheme:dark){:root{--bg:#0f1318;--ink:#e4e8ec;--quiet:#9aa5b1;--line:#333b45;--card:#171d24;--link:#75b0ff;
--old:#3b1a1c;--old-mark:#7d2c2f;--new:#12311d;--new-mark:#1f6a37;--hole:#1c232b;
--missing:#f0a850;--different:#75b0ff;--moved:#c3a0ff;--unwanted:#ff938a;--unlisted:#ff938a;--failed:#ff938a;--refused:#ff938a;--equal:#67cf86}}
*{box-sizing:border-box}
html{scroll-behavior:smooth}
body{margin:0 auto;max-width:90rem;padding:1.5rem clamp(.75rem,3vw,2.5rem) 4rem;background:var(--bg);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .5rem;overflow-wrap:anywhere}
h2{font-size:1.15rem;margin:2.5rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--line);overflow-wrap:anywhere}
a{color:var(--link)}
code{font:13px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.verdict{font-size:1.1rem;font-weight:600;margin:.25rem 0 1rem;padding:.6rem .9rem;
border-left:5px solid currentColor;background:var(--card)}
.quiet{color:var(--quiet);margin:.4rem 0;overflow-wrap:anywhere}
dl{display:flex;flex-wrap:wrap;gap:.25rem 2rem;margin:0 0 1.5rem}
dl div{display:flex;gap:.5rem;min-width:0}
dt{color:var(--quiet)}
dd{margin:0;overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.2rem,1fr));gap:.75rem;padding:0;margin:0 0 2rem;list-style:none}
.tiles li{padding:.7rem .9rem;background:var(--card);border:1px solid var(--line);border-top:4px solid currentColor;border-radius:6px}
.tiles b{display:block;font-size:1.7rem;line-height:1.2;font-variant-numeric:tabular-nums}
.tiles span{color:var(--quiet);font-size:.9rem}
.tiles .none{color:var(--quiet)}
.missing{color:var(--missing)}.different{color:var(--different)}.moved{color:var(--moved)}.unwanted{color:var(--unwanted)}
.unlisted{color:var(--unlisted)}.failed{color:var(--failed)}.refused{color:var(--refused)}
.equal{color:var(--equal)}.none{color:var(--quiet)}
table{width:100%;border-collapse:collapse;margin:0 0 .5rem}
caption{text-align:left;font-weight:600;font-size:1.15rem;padding-bottom:.5rem}
th,td{padding:.45rem .6rem;border-bottom:1px solid var(--line);text-align:right;font-variant-numeric:tabular-nums}
thead th{font-weight:500;font-size:.9rem;color:var(--quiet);vertical-align:bottom}
thead th{width:8.5rem}
th:first-child{width:auto;text-align:left;font-weight:500;overflow-wrap:anywhere}
td{font-weight:600}
td.none,td.equal{font-weight:400}
.object{margin:.6rem 0;border:1px solid var(--line);border-radius:6px;overflow:hidden}
.object>summary{padding:.55rem .8rem;cursor:pointer;background:var(--card);overflow-wrap:anywhere}
.object>p{margin:.6rem .8rem}
.badge{display:inline-block;font-size:.8rem;font-weight:600;padding:.05rem .55rem;margin-right:.35rem;border:1px solid currentColor;
border-radius:1rem;white-space:nowrap}
.object>p code{font-size:12px;word-break:break-all}
.error{color:var(--failed);overflow-wrap:anywhere}
.diff{border-top:1px solid var(--line)}
.head,.row{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr)}
.head{color:var(--quiet);font-size:.85rem;border-bottom:1px solid var(--line)}
.head span{padding:.2rem .8rem}
.row code{padding:0 .8rem 0 1.9rem;text-indent:-1.1rem;white-space:pre-wrap;overflow-wrap:anywhere;min-height:1.55em}
.row code::before{content:"  ";white-space:pre}
.row code+code,.head span+span{border-left:1px solid var(--line)}
.row .old{background:var(--old)}.row .new{background:var(--new)}.row .empty{background:var(--hole)}
.row .old::before{content:"- "}.row .new::before{content:"+ "}
mark{color:inherit;background:var(--old-mark);border-radius:2px}
.new mark{background:var(--new-mark)}
.fold>summary{padding:.1rem .8rem;font-size:.85rem;color:var(--quiet);cursor:pointer;background:var(--card)}
@media (max-width:720px){
body{font-size:15px}
.tiles{grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:.5rem}
.row{grid-template-columns:minmax(0,1fr)}
.row .again,.row .empty{display:none}
.row code+code{border-left:0}
.head{display:flex;gap:.5rem}
.head span{padding:.2rem .8rem}
.head span:first-child::before{content:"- "}
.head span+span{border-left:0}
.head span+span::before{content:"+ "}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tr{display:block;padding:.4rem 0;border-bottom:1px solid var(--line)}
th:first-child{display:block;border:0;padding:0}
td{display:inline-block;border:0;padding:0 1rem 0 0}
td.none{display:none}
td::after{content:" " attr(data-says);font-weight:400;color:var(--quiet)}
}
@media print{.object{break-inside:avoid}}
"""

# Of the report of a rollout, beside the above.
TIME_LINE = """
.done{color:var(--equal)}.running{color:var(--different)}.cancelled{color:var(--moved)}.untouched,.left-out{color:var(--quiet)}
.unverified{color:var(--unwanted)}
h2 small{font-weight:400;font-size:.85rem;color:var(--quiet)}
.axis,.gate{display:grid;grid-template-columns:minmax(9rem,16rem) minmax(0,1fr) 9rem;column-gap:.75rem;align-items:center}
.axis{position:sticky;top:0;z-index:1;background:var(--bg);padding:.3rem .8rem;font-size:.8rem;color:var(--quiet)}
.axis .track{height:1.4rem;background:none}
.axis span{position:absolute;transform:translateX(-50%);white-space:nowrap;font-variant-numeric:tabular-nums}
.wave{margin:.6rem 0;border:1px solid var(--line);border-radius:6px;overflow:hidden}
.wave>summary{padding:.5rem .8rem;cursor:pointer;background:var(--card)}
.wave>summary span{color:var(--quiet);font-variant-numeric:tabular-nums}
.gate{padding:.3rem .8rem;border-top:1px solid var(--line)}
.who{min-width:0;overflow-wrap:anywhere}
.dot{display:inline-block;width:.6rem;height:.6rem;margin-right:.5rem;border-radius:50%;background:currentColor}
.track{position:relative;height:.9rem;background:var(--hole);border-radius:3px}
.track i{position:absolute;top:0;bottom:0;border-radius:3px;background:currentColor}
.state{font-size:.9rem}
.why{grid-column:1/-1;margin:.15rem 0 .2rem 1.1rem;font-size:.9rem;color:var(--quiet);overflow-wrap:anywhere}
.plain{padding-left:1.1rem}
.plain li{margin:.3rem 0;overflow-wrap:anywhere}
@media (max-width:720px){
.axis,.gate{grid-template-columns:minmax(0,1fr) auto}
.axis>div:first-child{display:none}
.axis .track,.gate .track{grid-column:1/-1}
.axis span:nth-child(even){display:none}
.gate .state{grid-row:1;grid-column:2}
.gate .who{grid-row:1;grid-column:1}
}
@media print{.wave{break-inside:avoid}.axis{position:static}}
"""
