package mask

import (
	"slices"
	"strings"
	"unicode"

	"github.com/secretmux/secretmux"
)

// anonymous is the mask without a name.
const anonymous = "[redacted]"

// index is all values as they were at one time. It never changes.
type index struct {
	tables []*table
	labels []string
}

// label is what is shown in place of a run.
func (x *index) label(o owner) string {
	if o == several {
		return anonymous
	}
	return x.labels[o]
}

// level is a table and the values in it.
//
// A table can't grow. Were there one, a thousand values that come singly, each
// before a line of a log, would build it a thousand times. So there are some, each
// at least four times as large as the next, and a value is built into a table as
// often as there are sizes. Small ones are not worth a second pass over the text.
type level struct {
	table  *table
	values []*value
	size   int // of all forms
}

const (
	levelRatio = 4
	smallLevel = 1 << 15 // some 50 values
)

// current returns the index of all values.
func (c *core) current() *index {
	if x := c.index.Load(); x != nil {
		return x
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if x := c.index.Load(); x != nil {
		return x
	}
	c.grow()
	x := &index{labels: c.labels()}
	for _, l := range c.levels {
		x.tables = append(x.tables, l.table)
	}
	for o, label := range x.labels {
		if slices.ContainsFunc(x.tables, func(t *table) bool { return t.finds(label) }) {
			x.labels[o] = anonymous // the name of one secret holds the value of another
		}
	}
	c.index.Store(x)
	return x
}

// grow adds a level of the fresh values and of the levels that are too small to
// stay beside it.
func (c *core) grow() {
	top := level{values: c.fresh}
	for _, v := range top.values {
		top.size += v.size
	}
	n := len(c.levels)
	for n > 0 && (c.levels[n-1].size < levelRatio*top.size || c.levels[n-1].size+top.size < smallLevel) {
		n--
		top.values = slices.Concat(c.levels[n].values, top.values)
		top.size += c.levels[n].size
	}
	var all []form
	for _, v := range top.values {
		for _, f := range v.forms {
			all = append(all, form{text: f.Text, owner: v.owner})
		}
	}
	top.table = build(all)
	c.levels, c.fresh = append(c.levels[:n:n], top), nil
}

func (c *core) labels() []string {
	labels := make([]string, len(c.names))
	for o, ref := range c.names {
		labels[o] = anonymous
		if name, _, _ := strings.Cut(ref, "#"); !c.opts.HideNames && secretmux.ValidateName(name) == nil && printable(ref) {
			labels[o] = "[redacted:" + ref + "]"
		}
	}
	return labels
}

// printable reports whether ref may be written into a line of a log: it moves no
// cursor and ends no string of JSON, no tag and no quotes. A field is a key of a
// program's document.
func printable(ref string) bool {
	return !strings.ContainsFunc(ref, func(r rune) bool {
		return !unicode.IsPrint(r) || strings.ContainsRune("\"'`\\<>&", r)
	})
}
