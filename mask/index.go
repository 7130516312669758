package mask

import (
	"slices"
	"strings"
	"unicode"

	"github.com/secretmux/secretmux"
)

// anonymous is the mask without a name.
const anonymous = "[redacted]"

// index has all values of one moment. It never changes.
type index struct {
	tables []*table
	labels []string
}

// label is the text that replaces a run.
func (x *index) label(o owner) string {
	if o == several {
		return anonymous
	}
	return x.labels[o]
}

// level is a table and its values.
//
// A table can't grow. If there were only one table, a thousand values that come one
// by one, each before a line of a log, would build it a thousand times. So there are
// several, each at least four times as large as the next, and a value is built into
// as many tables as there are sizes. A second pass over the text is too expensive for
// a small table.
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
			x.labels[o] = anonymous // the name of one secret contains the value of another
		}
	}
	c.index.Store(x)
	return x
}

// grow adds a level. It has the fresh values, and the values of the levels that are
// too small to stay beside it.
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

// printable reports whether ref may be written into a line of a log. It must not move
// a cursor, or end a JSON string, a tag or quotes. A field may have any text, because
// it is a key of a program's document.
func printable(ref string) bool {
	return !strings.ContainsFunc(ref, func(r rune) bool {
		return !unicode.IsPrint(r) || strings.ContainsRune("\"'`\\<>&", r)
	})
}
