package benchmarks

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
)

// results collects figures while the benchmarks run and prints them at the end.
type results struct {
	mu      sync.Mutex
	hits    hitTable
	tables  []*table
	targets []target
}

// table is a titled grid; the first column names the row.
type table struct {
	title  string
	header []string
	rows   [][]string
}

// target is a figure that the design promises, and what became of it.
type target struct {
	figure, measured, wanted string
	held                     bool
}

// row adds a row to the table of that title; a row of the same name is replaced,
// so that the last of several runs counts.
func (r *results) row(title string, header []string, cells ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.tables, func(t *table) bool { return t.title == title })
	if i < 0 {
		i = len(r.tables)
		r.tables = append(r.tables, &table{title: title, header: header})
	}
	t := r.tables[i]
	j := slices.IndexFunc(t.rows, func(row []string) bool { return row[0] == cells[0] })
	if j < 0 {
		t.rows = append(t.rows, cells)
		return
	}
	t.rows[j] = cells
}

// target notes whether a promised figure held.
func (r *results) target(figure, measured, wanted string, held bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.targets = slices.DeleteFunc(r.targets, func(t target) bool { return t.figure == figure })
	r.targets = append(r.targets, target{figure, measured, wanted, held})
}

func (r *results) print(w io.Writer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, _ = fmt.Fprintf(w, "\n%s %s/%s, %d CPUs\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	tables := r.tables
	if hits := r.hits.table(); hits != nil {
		tables = append([]*table{hits}, tables...)
	}
	for _, t := range tables {
		t.print(w)
	}
	promises := &table{title: "Promised figures", header: []string{"", "measured", "promised", ""}}
	for _, t := range append(r.hits.targets(), r.targets...) {
		verdict := "holds"
		if !t.held {
			verdict = "MISSED"
		}
		promises.rows = append(promises.rows, []string{t.figure, t.measured, t.wanted, verdict})
	}
	promises.print(w)
}

func (t *table) print(w io.Writer) {
	if len(t.rows) == 0 {
		return
	}
	_, _ = fmt.Fprintf(w, "\n%s\n", t.title)
	grid := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{t.header}, t.rows...) {
		_, _ = fmt.Fprintln(grid, "  "+strings.Join(row, "\t"))
	}
	_ = grid.Flush()
}
