# SPDX-License-Identifier: Apache-2.0
# The rules of the house that a reader can state in one line each, checked on
# C sources. Prints every breach and exits 1 where there is one.
#
#   awk -f tests/lib/rules.awk FILE...
#
# It leans on the layout that clang-format enforces: a function's braces, and
# only they, stand alone in the first column.

function breach(line, text)
{
	print path ":" line ": " text
	bad = 1
}

# The line without comments and without what its literals hold.
function strip(s,   out, c, i, n)
{
	n = length(s)
	for (i = 1; i <= n; i++) {
		c = substr(s, i, 1)
		if (comment) {
			if (c == "*" && substr(s, i + 1, 1) == "/") {
				comment = 0
				i++
			}
		} else if (quote) {
			if (c == "\\")
				i++
			else if (c == quote) {
				quote = ""
				out = out c
			}
		} else if (c == "/" && substr(s, i + 1, 1) == "*") {
			comment = 1
			i++
		} else if (c == "/" && substr(s, i + 1, 1) == "/") {
			breach(FNR, "a comment is written /* so */")
			break
		} else {
			if (c == "\"" || c == "'")
				quote = c
			out = out c
		}
	}
	quote = ""
	return out
}

function columns(s,   i, n, at)
{
	gsub(/[\200-\277]/, "", s) # what continues a character of UTF-8
	n = length(s)
	for (i = 1; i <= n; i++)
		at = substr(s, i, 1) == "\t" ? at + 8 - at % 8 : at + 1
	return at
}

function calls(code, names)
{
	return code ~ ("(^|[^A-Za-z0-9_.>])(" names ")[ \t]*\\(")
}

function file_end()
{
	if (path ~ /\.c$/ && lines > 500)
		breach(lines, "a .c has at most 500 lines")
	if (path ~ /\.h$/ && lines > 150)
		breach(lines, "a .h has at most 150 lines")
	if (owned != "")
		breach(owned_at, "CLEANUP without an initialiser")
}

FNR == 1 {
	if (path != "")
		file_end()
	path = FILENAME
	comment = 0
	quote = owned = ""
	head = body = owned_at = 0
	quiet = path ~ /^supervisor\// && path !~ /^supervisor\/cmd\//
}

{
	lines = FNR
	was_comment = comment
	code = strip($0)
	if (length($0) > 40 && columns($0) > 80)
		breach(FNR, "a line has at most 80 columns")
	if (code ~ /(^|[^A-Za-z0-9_])goto[ \t]/)
		breach(FNR, "no goto: ownership is CLEANUP")
}

quiet && (calls(code, "v?printf|puts|putchar|perror|errx?|warnx?") ||
	  code ~ /(^|[^A-Za-z0-9_])(stdout|stderr)([^A-Za-z0-9_]|$)/) {
	breach(FNR, "nothing prints below supervisor/cmd")
}

quiet && calls(code, "exit|_Exit|quick_exit|abort") {
	breach(FNR, "nothing exits below supervisor/cmd")
}

# A declaration may go on over several lines; its end is the semicolon.
owned == "" && code ~ /(^|[^A-Za-z0-9_])CLEANUP\(/ && code !~ /^#/ {
	owned_at = FNR
}
owned != "" || owned_at == FNR {
	owned = owned code
	if (code ~ /;/) {
		if (owned !~ /=/)
			breach(owned_at, "CLEANUP without an initialiser")
		owned = ""
	}
}

# head is the first line of what may become a function.
code ~ /^[ \t]*$/ || code ~ /^[#}]/ {
	if (!body && !was_comment)
		head = 0
}
!body && !head && code ~ /^[A-Za-z_]/ {
	head = FNR
}
code ~ /^\{/ && !body {
	body = head ? head : FNR
}
code ~ /^\}/ && body {
	if (FNR - body + 1 > 60)
		breach(body, "a function has at most 60 lines, this one " \
		       FNR - body + 1)
	body = head = 0
}

END {
	file_end()
	exit bad
}
