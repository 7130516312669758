package age_test

import (
	"regexp"
	"strings"
	"testing"

	filippo "filippo.io/age"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age"
	"github.com/secretmux/secretmux/testing/memory"
)

// lineOf returns the line of a key.
func lineOf(t *testing.T, content, key string) string {
	t.Helper()
	for line := range strings.Lines(content) {
		if strings.HasPrefix(line, key+"=") {
			return line
		}
	}
	t.Fatalf("no line of %s", key)
	return ""
}

// After any change of a sops file by another tool, the whole file is refused.
func TestTamperedSops(t *testing.T) {
	f := newFile(t, age.Sops, newPair(t)).with(t, "a", "first "+canary, "b", "second "+canary, "empty", "", "c", "third")
	good := f.read(t)
	a, b, c := lineOf(t, good, "A"), lineOf(t, good, "B"), lineOf(t, good, "C")
	valueOf := func(line string) string { _, v, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "="); return v }
	tag := regexp.MustCompile(`tag:.`)
	for what, edit := range map[string]struct {
		change func(string) string
		class  error
	}{
		"a bit of a value": {func(s string) string { return strings.Replace(s, a, flip(a, "data:"), 1) }, secretmux.ErrCorrupt},
		"a bit of a tag":   {func(s string) string { return tag.ReplaceAllString(s, "tag:/") }, secretmux.ErrCorrupt},
		"a bit of an IV":   {func(s string) string { return strings.Replace(s, a, flip(a, "iv:"), 1) }, secretmux.ErrCorrupt},
		"values swapped": {func(s string) string {
			return strings.NewReplacer(valueOf(a), valueOf(b), valueOf(b), valueOf(a)).Replace(s)
		}, secretmux.ErrCorrupt},
		"lines swapped":              {func(s string) string { return strings.NewReplacer(a, b, b, a).Replace(s) }, secretmux.ErrCorrupt},
		"a line removed":             {func(s string) string { return strings.Replace(s, c, "", 1) }, secretmux.ErrCorrupt},
		"a value removed":            {func(s string) string { return strings.Replace(s, c, "C=\n", 1) }, secretmux.ErrCorrupt},
		"a plain value":              {func(s string) string { return strings.Replace(s, c, "C="+canary+"\n", 1) }, secretmux.ErrCorrupt},
		"a plain value added":        {func(s string) string { return "NEW=" + canary + "\n" + s }, secretmux.ErrCorrupt},
		"an unencrypted value added": {func(s string) string { return "NEW_unencrypted=" + canary + "\n" + s }, secretmux.ErrCorrupt},
		"a key twice":                {func(s string) string { return strings.Replace(s, c, c+c, 1) }, secretmux.ErrInvalid},
		"a plain key twice":          {func(s string) string { return strings.Replace(s, c, c+"C="+canary+"\n", 1) }, secretmux.ErrInvalid},
		"a line without =":           {func(s string) string { return canary + "\n" + s }, secretmux.ErrCorrupt},
		"a conflict of git":          {func(s string) string { return "<<<<<<< HEAD\n" + s }, secretmux.ErrCorrupt},
		"the time":                   {func(s string) string { return strings.Replace(s, "lastmodified=20", "lastmodified=21", 1) }, secretmux.ErrCorrupt},
		"the type of a value":        {func(s string) string { return strings.Replace(s, "type:str", "type:int", 1) }, secretmux.ErrCorrupt},
		"a comment for a value":      {func(s string) string { return strings.Replace(s, "type:str", "type:comment", 1) }, secretmux.ErrInvalid},
		"another suffix":             {func(s string) string { return strings.Replace(s, "suffix=_unencrypted", "suffix=C", 1) }, secretmux.ErrCorrupt},
		"no MAC":                     {func(s string) string { return strings.Replace(s, lineOf(t, s, "sops_mac"), "", 1) }, secretmux.ErrCorrupt},
		"an empty MAC":               {func(s string) string { return strings.Replace(s, lineOf(t, s, "sops_mac"), "sops_mac=\n", 1) }, secretmux.ErrCorrupt},
		"no recipient": {func(s string) string {
			return strings.Replace(s, lineOf(t, s, "sops_age__list_0__map_recipient"), "", 1)
		}, secretmux.ErrCorrupt},
		"the data key":       {func(s string) string { return strings.Replace(s, `\n-----END`, `A\n-----END`, 1) }, secretmux.ErrCorrupt},
		"an unknown mode":    {func(s string) string { return s + "sops_" + canary + "=1\n" }, secretmux.ErrInvalid},
		"a known mode":       {func(s string) string { return s + "sops_mac_only_encrypted=true\n" }, secretmux.ErrInvalid},
		"a mode that is off": {func(s string) string { return s + "sops_encrypted_regex=" + canary + "\n" }, secretmux.ErrInvalid},
		"no metadata":        {func(s string) string { return s[:strings.Index(s, "sops_")] }, secretmux.ErrCorrupt},
		"a plain .env":       {func(string) string { return "A=" + canary + "\n" }, secretmux.ErrInvalid},
		"nothing":            {func(string) string { return "" }, secretmux.ErrInvalid},
	} {
		t.Run(what, func(t *testing.T) {
			changed := edit.change(good)
			if changed == good {
				t.Fatal("nothing was changed")
			}
			f.write(t, changed)
			wantClass(t, f.provider(t), "b", edit.class)
		})
	}
	f.write(t, good)
	wantValue(t, f.provider(t), "b", "second "+canary)
	f.write(t, strings.ReplaceAll(good, "\n", "\r\n")) // git may check the file out with these line ends on Windows
	wantValue(t, f.provider(t), "b", "second "+canary)
}

// flip changes the character behind a label.
func flip(line, label string) string {
	i := strings.Index(line, label) + len(label) + 2
	other := byte('A')
	if line[i] == other {
		other = 'B'
	}
	return line[:i] + string(other) + line[i+1:]
}

// A file that was cut is refused, wherever the cut is.
func TestCutAnywhere(t *testing.T) {
	for _, format := range []age.Kind{age.Sops, age.Age} {
		f := newFile(t, format, newPair(t)).with(t, "a", "first", "b", "second")
		good := strings.TrimRight(f.read(t), "\n") + "\n"
		identities := f.opts.Identities
		for n := range len(good) - 1 {
			if values, err := age.Decode(f.opts, []byte(good[:n]), identities); err == nil && n < len(good)-1 && format == age.Sops {
				t.Fatalf("%s: %d of %d bytes are read: %d values", format, n, len(good), len(values))
			} else if err == nil && len(values) != 2 {
				t.Fatalf("%s: %d of %d bytes are read as another file", format, n, len(good))
			}
		}
	}
}

// A flipped bit in an authenticated part never goes unnoticed, and a flipped bit
// anywhere causes no panic.
func TestFlippedAnywhere(t *testing.T) {
	for _, format := range []age.Kind{age.Sops, age.Age} {
		f := newFile(t, format, newPair(t)).with(t, "a", "first", "b", "second")
		good := f.read(t)
		for i := range len(good) {
			for _, bit := range []byte{1, 4, 32} {
				bad := []byte(good)
				bad[i] ^= bit
				values, err := age.Decode(f.opts, bad, f.opts.Identities)
				if err == nil && (values["A"] != "first" || values["B"] != "second") {
					t.Fatalf("%s: byte %d, bit %d: %v", format, i, bit, values)
				}
			}
		}
	}
}

// A wrong key, a missing one and a tampered file never let a chain go on to a weaker
// link.
func TestTheChainStops(t *testing.T) {
	weak := memory.New(map[string]string{"a": "weak"})
	for _, format := range []age.Kind{age.Sops, age.Age} {
		f := newFile(t, format, newPair(t)).with(t, "a", "strong "+canary)
		chain := func(o age.Options) secretmux.Provider {
			p, err := age.New(o)
			must(t, err)
			c, err := secretmux.NewChain(p, weak)
			must(t, err)
			return c
		}
		wantValue(t, chain(f.opts), "a", "strong "+canary)
		foreign, none, malformed := f.opts, f.opts, f.opts
		foreign.Identities = []filippo.Identity{newPair(t).identity}
		none.Identities, none.Lookup = nil, func(string) (string, bool) { return "", false }
		malformed.Identities, malformed.Lookup = nil, func(string) (string, bool) { return "AGE-SECRET-KEY-1" + canary, true }
		gone := f.opts
		gone.Path += ".gone"
		wantClass(t, chain(foreign), "a", secretmux.ErrDenied)
		wantClass(t, chain(none), "a", secretmux.ErrUnauthenticated)
		wantClass(t, chain(malformed), "a", secretmux.ErrInvalid)
		wantClass(t, chain(gone), "a", secretmux.ErrUnavailable)
		gone.Missing = secretmux.ErrNotFound
		wantValue(t, chain(gone), "a", "weak")
		f.spoil(t, secretmux.ErrCorrupt)
		wantClass(t, chain(f.opts), "a", secretmux.ErrCorrupt)
	}
}
