r"""What stands before the article's text: packages of texlive-latex-base and -recommended, and the shapes of blocks.

\fitted{FORMULA}{WIDTH} sets a displayed formula as it is, smaller where it is wider than WIDTH, and scaled as a last
resort; the log then has a line `solvable: fitted`.
"""

PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[a4paper,margin=28mm]{geometry}
\IfFileExists{lmodern.sty}{\usepackage[T1]{fontenc}\usepackage{lmodern}}{}
\usepackage{amsmath,amssymb,booktabs,longtable,array,graphicx,xcolor}
\usepackage{microtype}
\usepackage[hyphens]{url}
\usepackage[hidelinks,bookmarksnumbered]{hyperref}
\allowdisplaybreaks
\setlength{\parindent}{0pt}
\setlength{\parskip}{0.5em plus 0.2em minus 0.1em}
\setlength{\emergencystretch}{4em}
\makeatletter
\newcommand{\l@parts}[2]{\par\addvspace{0.6em}\noindent{\bfseries #1\hfill #2}\par\nobreak}
\newcommand{\l@chapters}{\@dottedtocline{0}{0em}{2.2em}}
\newcommand{\toclevel@parts}{0}\newcommand{\toclevel@chapters}{1}
\makeatother
\clubpenalty=10000 \widowpenalty=10000
\definecolor{pass}{HTML}{00724F}\definecolor{fail}{HTML}{B04A00}\definecolor{unknown}{HTML}{7A5A00}
\definecolor{rule}{HTML}{B9C4CC}\definecolor{link}{HTML}{0B5A8A}
\newsavebox{\formulabox}
\newlength{\formulawidth}
\newcommand{\fitted}[2]{%
  \setlength{\formulawidth}{#2}%
  \sbox{\formulabox}{$\displaystyle #1$}%
  \ifdim\wd\formulabox>\formulawidth
    \sbox{\formulabox}{\small$\displaystyle #1$}%
    \ifdim\wd\formulabox>\formulawidth
      \sbox{\formulabox}{\footnotesize$\displaystyle #1$}%
      \ifdim\wd\formulabox>\formulawidth
        \typeout{solvable: fitted \the\wd\formulabox\space to \the\formulawidth}%
        \sbox{\formulabox}{\resizebox{\formulawidth}{!}{\usebox{\formulabox}}}%
      \fi
    \fi
  \fi
  \usebox{\formulabox}}
\newcommand{\shown}[1]{\begin{equation*}\fitted{#1}{\dimexpr\linewidth-1em}\end{equation*}}
\newcommand{\remarked}[2]{{\belowdisplayskip=0.3em \postdisplaypenalty=10000 \shown{#1}}%
  {\small\raggedright\textcolor{darkgray}{#2}\par}}
\newcommand{\incell}[1]{\fitted{#1}{\linewidth}}
\newcommand{\apart}{\lineskip=3pt\lineskiplimit=2pt}
\newcommand{\link}[2]{\hyperlink{#1}{\textcolor{link}{#2}}}
\newcommand{\target}[1]{\raisebox{1.2em}[0pt][0pt]{\hypertarget{#1}{}}}
% anchor, contents line, title
\newcommand{\partheading}[3]{\par\ifdim\pagetotal>0.5\textheight\clearpage\else\addvspace{3em}\fi\target{#1}\phantomsection\addcontentsline{toc}{parts}{#2}%
  {\Large\bfseries\raggedright #3\par}\nobreak\vspace{0.3em}\hrule height 0.8pt\nobreak\vspace{1.2em}}
\newcommand{\chapterheading}[4]{\par\addvspace{2em}\pagebreak[2]\target{#1}\phantomsection
  \addcontentsline{toc}{chapters}{\protect\numberline{#2}#3}%
  {\large\bfseries\raggedright \ifx\relax#2\relax\else#2\quad\fi #4\par}\nobreak\vspace{0.4em}}
\newcommand{\sectionheading}[1]{\par\addvspace{1.2em}\pagebreak[1]{\bfseries\raggedright #1\par}\nobreak}
% anchor, number, title, rule, formula, conditions, evidence
\newcommand{\claim}[7]{\par\addvspace{0.9em}\target{#1}%
  \textcolor{gray}{#2}\enspace\textbf{#3.} #4\par\nobreak
  {\abovedisplayskip=0.4em \belowdisplayskip=0.4em \abovedisplayshortskip=0.2em \belowdisplayshortskip=0.4em
  \predisplaypenalty=10000 \postdisplaypenalty=10000
  \vspace{-\parskip}\begin{equation*}\fitted{#5}{\dimexpr\linewidth-6em}\tag{#2}\end{equation*}}%
  {\parskip=0pt\small\raggedright #6\par\nobreak #7\par}\addvspace{0.4em}}
\newcommand{\verdictbox}[2]{\par\noindent\textcolor{#1}{\vrule width 3pt}\hspace{0.8em}%
  \begin{minipage}{\dimexpr\linewidth-2em}#2\end{minipage}\par}
\newcommand{\command}[1]{{\small\ttfamily\raggedright #1}}
\renewcommand{\arraystretch}{1.15}
"""
