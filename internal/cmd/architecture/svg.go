package main

import (
	"bytes"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
)

// Measures of the picture, in pixels.
const (
	width     = 1260
	column    = 248
	boxWidth  = 232
	boxHeight = 104
	rowHeight = 164
	top       = 64
)

// point is the middle of a box's upper edge.
type point struct{ x, y int }

// svg is the picture. The same graph gives the same bytes.
func (g *graph) svg() []byte {
	at, height := g.layout()
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" `+
		`aria-label="The rooms of the module and what they import" font-family="system-ui, sans-serif" font-size="13">`+"\n",
		width, height)
	b.WriteString("<!-- made by internal/cmd/architecture from the imports: do not edit -->\n" +
		`<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">` +
		`<path d="M0 0 8 4 0 8z" fill="#55606e"/></marker></defs>` + "\n")
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="#ffffff"/>`+"\n", width, height)
	fmt.Fprintf(&b, `<text x="20" y="28" font-size="15" font-weight="600" fill="#1c2430">What imports what</text>`+
		`<text x="20" y="48" fill="#55606e">An arrow points at what is imported; `+
		`arrows that follow from others are left out. `+
		`Blue is public, grey internal. Below the line: libraries of others.</text>`+"\n")
	for i := range rooms {
		for _, to := range slices.Sorted(maps.Keys(g.to[i])) {
			g.arrow(&b, at, i, to)
		}
	}
	for i, r := range rooms {
		box(&b, r, at[i], g.libraries[i])
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// layout places the rooms.
func (g *graph) layout() ([]point, int) {
	rows := slices.Max(g.row) + 1
	at := make([]point, len(rooms))
	for i, r := range rooms {
		at[i] = point{int((r.column+0.5)*column) + (width-5*column)/2, top + (rows-1-g.row[i])*rowHeight}
	}
	return at, top + rows*rowHeight - (rowHeight - boxHeight) + 20
}

// arrow goes from the lower edge of a box to the upper one of another. In rows that it
// passes it keeps to the gaps between boxes.
func (g *graph) arrow(b *bytes.Buffer, at []point, i, to int) {
	from, end := at[i], at[to]
	x, y := from.x+(end.x-from.x)/10, from.y+boxHeight
	fmt.Fprintf(b, `<path d="M%d %d`, x, y)
	reach := func(nextX, nextY int) {
		fmt.Fprintf(b, " C%d %d %d %d %d %d", x, y+30, nextX, nextY-30, nextX, nextY)
		x, y = nextX, nextY
	}
	rows := g.row[i] - g.row[to]
	for n := 1; n < rows; n++ {
		passed := from.y + n*rowHeight
		reach(g.gap(at, passed, from.x+(end.x-from.x)*n/rows), passed)
		y = passed + boxHeight
		fmt.Fprintf(b, " V%d", y)
	}
	reach(end.x+(x-end.x)/6, end.y-2)
	b.WriteString(`" fill="none" stroke="#55606e" stroke-width="1.3" marker-end="url(#tip)"/>` + "\n")
}

// gap is the place nearest to x in a row at which no box stands.
func (g *graph) gap(at []point, y, x int) int {
	free := func(x int) bool {
		for _, p := range at {
			if p.y == y && x > p.x-boxWidth/2-4 && x < p.x+boxWidth/2+4 {
				return false
			}
		}
		return true
	}
	for off := 0; ; off++ {
		switch {
		case free(x + off):
			return x + off
		case free(x - off):
			return x - off
		}
	}
}

func box(b *bytes.Buffer, r room, at point, libraries []string) {
	fill, stroke := "#eef0f3", "#9aa3af"
	if r.public {
		fill, stroke = "#e6f0ff", "#3b6fb6"
	}
	x := at.x - boxWidth/2
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" rx="8" fill="%s" stroke="%s"/>`+"\n",
		x, at.y, boxWidth, boxHeight, fill, stroke)
	text := func(y int, style, s string) {
		fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="middle" %s>%s</text>`+"\n",
			at.x, at.y+y, style, html.EscapeString(s))
	}
	text(22, `font-weight="600" fill="#1c2430"`, r.name)
	for n, line := range r.lines {
		text(41+17*n, `font-size="12" fill="#3a4554"`, line)
	}
	if len(libraries) > 0 {
		fmt.Fprintf(b, `<path d="M%d %dH%d" stroke="%s"/>`+"\n", x+12, at.y+boxHeight-22, x+boxWidth-12, stroke)
		text(boxHeight-7, `font-size="11" fill="#55606e"`, strings.Join(libraries, ", "))
	}
}
