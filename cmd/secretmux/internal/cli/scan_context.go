package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/mask"
	"github.com/secretmux/secretmux/scan"
)

// mostContext is the length of the longest file whose lines are shown.
const mostContext = 8 << 20

// masks returns a set of all values that were read.
func (v *scanValues) masks() *mask.Set {
	set := mask.New(mask.Options{})
	for _, secrets := range []map[string]secretmux.Secret{v.found, v.others} {
		for ref, secret := range secrets {
			set.Add(ref, secret)
		}
	}
	return set
}

// addContext adds the line of each finding, with every secret in the line masked.
// It adds no lines if a value may be missing from the mask.
func (s *session) addContext(ctx context.Context, f *scanFlags, r *scanResult) {
	if len(r.values.unread) > 0 || len(r.values.found)+len(r.values.others) == 0 {
		s.say("no lines are shown: not all secrets could be read, so the lines can't be masked")
		return
	}
	set := r.values.masks()
	for _, ref := range set.Unmasked() {
		if name, _, _ := strings.Cut(ref, "#"); !r.values.others[name].IsZero() {
			continue // most variables of the environment are short and not secrets
		}
		r.unmasked = append(r.unmasked, ref)
	}
	tokens, err := scan.New(scan.Options{MaxFindings: 1})
	if err != nil {
		return
	}
	shown := map[string][]string{} // the masked lines of a file; nil if they can't be numbered
	for i := range r.findings {
		one := &r.findings[i]
		key := one.Path + "\x00" + one.Object
		if one.Line == 0 || one.Tool != "" {
			continue
		}
		lines, known := shown[key]
		if !known {
			lines = maskedLines(set, f.content(ctx, one))
			shown[key] = lines
		}
		if one.Line <= len(lines) {
			one.Context = excerpt(withoutTokens(ctx, tokens, lines[one.Line-1]))
		}
	}
}

// content returns the text of a finding's file. It is nil if the file is gone or
// too long.
func (f *scanFlags) content(ctx context.Context, one *scanFinding) []byte {
	switch f.source() {
	case "stdin":
		return f.input.text()
	case "worktree":
		return worktreeFile(f.path, one.Path)
	}
	text, err := scan.Object(ctx, f.path, one.Object, mostContext)
	if err != nil {
		return nil
	}
	return text
}

// worktreeFile reads a regular file inside dir.
func worktreeFile(dir, path string) []byte {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil
	}
	defer func() { _ = root.Close() }()
	if info, err := root.Lstat(path); err != nil || !info.Mode().IsRegular() || info.Size() > mostContext {
		return nil
	}
	file, err := root.Open(path)
	if err != nil {
		return nil
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, mostContext))
	if err != nil {
		return nil
	}
	return text
}

// maskedLines masks a whole file, because a value may have several lines, and
// returns the lines. If masking changes the number of lines, the lines can't be
// numbered, and it returns nil.
func maskedLines(set *mask.Set, text []byte) []string {
	masked := set.Redact(string(text))
	if strings.Count(masked, "\n") != bytes.Count(text, []byte{'\n'}) {
		return nil
	}
	return strings.Split(masked, "\n")
}

// withoutTokens cuts a line off at the beginning of a vendor's token, even of one
// that a comment allows. The end of the token is not known.
func withoutTokens(ctx context.Context, tokens *scan.Scanner, line string) string {
	plain := strings.ReplaceAll(line, "secretmux:allow", "secretmux-allow")
	report, err := tokens.Reader(ctx, "", strings.NewReader(plain))
	if err != nil {
		return ""
	}
	for _, f := range report.Findings {
		return line[:f.Column-1] + "[redacted:" + f.Rule + "] ..."
	}
	return line
}

// excerpt returns the part of a line around its first mask.
func excerpt(line string) string {
	const before, after = 80, 120
	line = strings.ToValidUTF8(strings.TrimRight(line, "\r"), "?")
	at := max(0, strings.Index(line, "[redacted"))
	start, end := max(0, at-before), min(len(line), at+after)
	for start > 0 && !utf8.RuneStart(line[start]) {
		start--
	}
	for end < len(line) && !utf8.RuneStart(line[end]) {
		end++
	}
	text := line[start:end]
	if start > 0 {
		text = "..." + text
	}
	if end < len(line) {
		text += "..."
	}
	return strings.TrimSpace(printable([]string{text})[0])
}

// capture is a reader that keeps the beginning of what it read.
type capture struct {
	io.Reader
	kept bytes.Buffer
}

func (c *capture) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if c.kept.Len() <= mostContext {
		c.kept.Write(p[:n])
	}
	return n, err
}

func (c *capture) text() []byte {
	if c.kept.Len() > mostContext {
		return nil
	}
	return c.kept.Bytes()
}

// hintOf returns the hint of an error.
func hintOf(err error) string {
	var e *secretmux.Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}
