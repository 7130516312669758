package scan

import (
	"bufio"
	"cmp"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/secretmux/secretmux"
)

// The format is lines of text, sorted, so that a merge is easy:
//
//	secretmux-baseline v1 <the key, 64 hexadecimal digits>
//	<digest, 32 hexadecimal digits> <rule> "<path, quoted as in Go>"
//
// Empty lines are skipped, and so are lines that begin with #.
const (
	magic       = "secretmux-baseline v1 "
	longestLine = 64 << 10
	mostKnown   = 1 << 20
)

// ParseBaseline reads a file that [Baseline.WriteTo] wrote. If the file is malformed, the
// error is ErrCorrupt. It has the number of the line, but not its text. If r fails, the
// error is ErrUnavailable.
func ParseBaseline(r io.Reader) (*Baseline, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestLine)
	var b *Baseline
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		var err error
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case b == nil:
			b, err = parseHead(line)
		case len(b.known) == mostKnown:
			err = errors.New("the file has more findings than a baseline may have")
		default:
			err = b.parseLine(line)
		}
		if err != nil {
			return nil, corrupt(n, err)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, corrupt(0, errors.New("a line is longer than 64 KiB"))
	case err != nil:
		return nil, &secretmux.Error{Op: "read baseline", Class: secretmux.ErrUnavailable, Err: err}
	case b == nil:
		return nil, corrupt(0, errors.New("the file is empty"))
	}
	return b, nil
}

func corrupt(line int, err error) error {
	e := &secretmux.Error{Op: "read baseline", Class: secretmux.ErrCorrupt, Err: err, Hint: "make a new baseline, or restore the file from git"}
	if line > 0 {
		e.Err = errors.New("line " + strconv.Itoa(line) + ": " + err.Error())
	}
	return e
}

func parseHead(line string) (*Baseline, error) {
	text, ok := strings.CutPrefix(line, magic)
	key, err := hex.DecodeString(text)
	if !ok || err != nil || len(key) != len(Baseline{}.key) {
		return nil, errors.New("it must be the first line of a baseline of version 1")
	}
	return &Baseline{key: [32]byte(key), known: map[fingerprint]struct{}{}}, nil
}

func (b *Baseline) parseLine(line string) error {
	fields := strings.SplitN(line, " ", 3)
	if len(fields) != 3 {
		return errors.New("it must be a digest, a rule and a quoted path")
	}
	if d, err := hex.DecodeString(fields[0]); err != nil || len(d) != len(digest{}) || strings.ToLower(fields[0]) != fields[0] {
		return errors.New("the digest is not 32 hexadecimal digits")
	}
	if !isRuleID(fields[1]) {
		return errors.New("the rule is not a word of small letters, digits and dashes")
	}
	path, err := strconv.Unquote(fields[2])
	if err != nil || fields[2][0] != '"' {
		return errors.New("the path is not quoted")
	}
	b.known[fingerprint{path, fields[1], fields[0]}] = struct{}{}
	return nil
}

// isRuleID accepts the rules of other versions too: an old program must not drop
// the findings of a new one.
func isRuleID(id string) bool {
	return id != "" && !strings.ContainsFunc(id, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
	})
}

// WriteTo writes the baseline in the form that [ParseBaseline] reads. Commit the file. It
// returns how many bytes it wrote, and the error of w.
func (b *Baseline) WriteTo(w io.Writer) (int64, error) {
	var text strings.Builder
	text.WriteString("# Known findings of secretmux scan: keyed digests, no secrets. Commit this file.\n")
	text.WriteString(magic + hex.EncodeToString(b.key[:]) + "\n")
	known := slices.SortedFunc(maps.Keys(b.known), func(x, y fingerprint) int {
		return cmp.Or(cmp.Compare(x.path, y.path), cmp.Compare(x.rule, y.rule), cmp.Compare(x.digest, y.digest))
	})
	for _, f := range known {
		text.WriteString(f.digest + " " + f.rule + " " + strconv.Quote(f.path) + "\n")
	}
	n, err := io.WriteString(w, text.String())
	return int64(n), err
}
