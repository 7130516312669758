package settings

import (
	"io"
	"slices"
	"strconv"
	"strings"
)

// maxExample is the largest size, in bytes, that CheckExample reads.
const maxExample = 1 << 20

// DriftError says how a committed .env.example differs from the output of [Example].
// Comments don't count. It holds no value: if a key does not look like a key, only its
// line is reported.
type DriftError struct {
	// Missing are the keys that the file does not have.
	Missing []string
	// Unknown are the keys that don't belong to a field, as "OLD_KEY (line 7)". It also
	// has the lines that can't be read or that repeat a key, as "line 7".
	Unknown []string
	// Filled are the keys with a value, as "API_KEY (line 7)", even if the line is
	// commented out. Everyone who sees the repository knows this value, so replace the
	// secret.
	Filled []string
}

// Error lists all differences in one line.
func (e *DriftError) Error() string {
	var parts []string
	for _, part := range []struct {
		text string
		list []string
	}{
		{"missing ", e.Missing},
		{"not in the struct: ", e.Unknown},
		{"holding a value: ", e.Filled},
	} {
		if len(part.list) > 0 {
			parts = append(parts, part.text+strings.Join(part.list, ", "))
		}
	}
	return "settings: the .env.example has drifted: " + strings.Join(parts, "; ")
}

// CheckExample compares a .env.example with the struct T. It returns a *[DriftError] if
// the file lacks a key, has an extra key, or has a value for a key. Run it in a test. If
// several structs share the file, others are the fields of the other structs, as
// [Describe] returns them. The other errors are those of [Example] and of r. CheckExample
// reads at most 1 MiB and ignores the rest.
func CheckExample[T any](r io.Reader, others ...[]Field) error {
	fields, err := Describe[T]()
	if err != nil {
		return err
	}
	keys, err := keysOf(slices.Concat(append([][]Field{fields}, others...)...))
	if err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(r, maxExample))
	if err != nil {
		return err
	}
	c := check{known: map[string]bool{}, seen: map[string]bool{}, own: map[string]bool{}}
	var own strings.Builder
	for _, k := range keys {
		c.known[k.name] = true
		k.write(&own)
	}
	for line := range strings.Lines(own.String()) {
		c.own[strings.TrimSpace(line)] = true
	}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		c.line(strings.TrimSpace(strings.TrimPrefix(line, "\ufeff")), "line "+strconv.Itoa(number))
	}
	for _, k := range keys {
		if !c.seen[k.name] {
			c.drift.Missing = append(c.drift.Missing, k.name)
		}
	}
	if len(c.drift.Missing)+len(c.drift.Unknown)+len(c.drift.Filled) == 0 {
		return nil
	}
	return &c.drift
}

// check goes through a file.
type check struct {
	known, seen map[string]bool // keys
	own         map[string]bool // lines that Example writes: a desc tag may look like a key with a value
	drift       DriftError
}

func (c *check) line(line, where string) {
	comment, commented := strings.CutPrefix(line, "#")
	if commented && c.own[line] {
		return
	}
	if commented {
		line = strings.TrimLeft(comment, "# \t")
	}
	line = strings.TrimSpace(strings.TrimPrefix(line, "export "))
	name, value, ok := strings.Cut(line, "=")
	name = strings.TrimSpace(name)
	known := ok && c.known[name]
	switch {
	case line == "" || commented && !known:
		return
	case known:
		if !empty(value) {
			c.drift.Filled = append(c.drift.Filled, name+" ("+where+")")
		}
		if commented {
			return
		}
		if c.seen[name] {
			c.drift.Unknown = append(c.drift.Unknown, where)
		}
		c.seen[name] = true
	case ok && isKey(name) && strings.Contains(name, "_"): // without one it may be a seed in base32
		c.drift.Unknown = append(c.drift.Unknown, name+" ("+where+")")
	default:
		c.drift.Unknown = append(c.drift.Unknown, where)
	}
}

// empty reports whether a key has nothing after it except a comment. A # right
// after the = is not one for dotenv either: what comes after it may be a value.
func empty(value string) bool {
	text := strings.TrimSpace(value)
	return text == "" || strings.HasPrefix(text, "#") && !strings.HasPrefix(value, "#") ||
		slices.Contains([]string{`""`, `''`}, text)
}

// isKey reports whether Example could have written name. Anything else may be a
// value in the wrong place: base64 ends with =.
func isKey(name string) bool {
	for i, r := range name {
		if r != '_' && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}
