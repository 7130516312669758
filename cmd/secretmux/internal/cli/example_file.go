package cli

import (
	"regexp"
	"slices"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/env"
)

// exampleFile is a .env.example that settings.Example or a person wrote.
type exampleFile struct {
	keys []exampleKey
	// filled are the lines that hold a value, even in a comment. unreadable are the
	// lines that are not KEY=. repeated are the lines with a key that an earlier
	// line has.
	filled, unreadable, repeated []exampleLine
}

type exampleLine struct {
	key  string // empty if the text in its place may be a value
	line int
}

// exampleKey is a key with the content of its comments.
type exampleKey struct {
	exampleLine
	fields []exampleField
	// written says that a comment belongs to the key.
	written bool
}

// exampleField is one reference that fills a key. Several fields of a document
// share a key.
type exampleField struct {
	ref    string
	status string // required, default or optional
}

const (
	needRequired = "required"
	needDefault  = "default"
	needOptional = "optional"
)

var (
	// summary matches the comment in which settings.Example describes a field: its
	// type, and whether it is required.
	summary = regexp.MustCompile(`^# (?:"[^"]*" of a JSON object: )?[A-Za-z][\w.\[\]*/ -]*, (default "(?:[^"\\]|\\.)*"|required|optional)(?:, rules: .*)?$`)
	// commented matches a line that is commented out and has a key and a value.
	commented = regexp.MustCompile(`^#+\s*(?:export\s+)?([A-Z_][A-Z0-9_]*)\s*=\s*\S+$`)
	upperKey  = regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`)
)

// parseExample reads a .env.example.
func parseExample(text string) *exampleFile {
	f := &exampleFile{}
	var k exampleKey
	status := needRequired
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	var asides []exampleLine
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			k, status = exampleKey{}, needRequired
		case strings.HasPrefix(line, "# from "):
			if _, err := secretmux.ParseRef(line[len("# from "):]); err == nil {
				k.fields, k.written = append(k.fields, exampleField{line[len("# from "):], status}), true
				status = needRequired
			}
		case strings.HasPrefix(line, "#"):
			if m := summary.FindStringSubmatch(line); m != nil {
				status, _, _ = strings.Cut(m[1], " ")
				k.written = true
			} else if m := commented.FindStringSubmatch(line); m != nil {
				asides = append(asides, exampleLine{m[1], i + 1})
			}
		default:
			f.add(k, line, i+1, status)
			k, status = exampleKey{}, needRequired
		}
	}
	for _, aside := range asides {
		if slices.ContainsFunc(f.keys, func(k exampleKey) bool { return k.key == aside.key }) {
			f.filled = append(f.filled, aside)
		}
	}
	return f
}

// add adds a line with a key.
func (f *exampleFile) add(k exampleKey, line string, number int, status string) {
	name, value, ok := strings.Cut(strings.TrimPrefix(line, "export "), "=")
	name = strings.TrimSpace(name)
	k.exampleLine = exampleLine{name, number}
	switch {
	case !ok || !upperKey.MatchString(name):
		f.unreadable = append(f.unreadable, exampleLine{line: number})
		return
	case slices.ContainsFunc(f.keys, func(known exampleKey) bool { return known.key == name }):
		f.repeated = append(f.repeated, k.exampleLine)
		return
	}
	if len(k.fields) == 0 {
		k.fields = []exampleField{{strings.ToLower(name), status}}
	}
	if !holdsNothing(value) {
		f.filled = append(f.filled, exampleLine{k.shown(), number})
	}
	f.keys = append(f.keys, k)
}

// shown returns the key, or "" if it may be a value itself: a seed in base32 ends
// with =.
func (k *exampleKey) shown() string {
	if k.written || strings.Contains(k.key, "_") {
		return k.key
	}
	return ""
}

// named reports whether a field's reference follows from its key. Then it may be
// printed even if no store knows it.
func (k *exampleKey) named(ref string) bool {
	r, err := secretmux.ParseRef(ref)
	return err == nil && k.shown() != "" && env.Name("", r.Name) == k.key
}

// holdsNothing reports whether only a comment follows the =. A # directly after the
// = begins a value.
func holdsNothing(value string) bool {
	text := strings.TrimSpace(value)
	if text == `""` || text == "''" {
		return true
	}
	return text == "" || strings.HasPrefix(text, "#") && !strings.HasPrefix(value, "#")
}
