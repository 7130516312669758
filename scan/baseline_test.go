package scan_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/scan"
	"github.com/secretmux/secretmux/testing/conformance"
)

// A finding of the baseline stays known when the file is edited, rebased or scanned
// by another process. A finding in another file or of another token is new.
func TestBaseline(t *testing.T) {
	token := gitHubToken("ghp" + "_")
	base := scan.NewBaseline()
	s := newScanner(t, scan.Options{Baseline: base, Secrets: secretsOf("db/password", canary)})
	for _, f := range scanText(t, s, token+"\n"+canary).Findings {
		if err := base.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	var file bytes.Buffer
	if n, err := base.WriteTo(&file); err != nil || n != int64(file.Len()) || base.Len() != 2 {
		t.Fatalf("WriteTo returned %d and %v for %d findings", n, err, base.Len())
	}
	if strings.Contains(file.String(), token) || strings.Contains(file.String(), "Vw8k") {
		t.Fatal("the file holds a secret")
	}
	again, err := scan.ParseBaseline(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	other := newScanner(t, scan.Options{Baseline: again, Secrets: secretsOf("db/password", canary)})
	report := scanText(t, other, "moved\n\n  "+canary+"\n"+token+"\n"+tokens()["slack-token"][0])
	wantLines(t, report, nil, "file:5:1: slack-token")
	if report.Known != 2 {
		t.Errorf("%d are known, want 2", report.Known)
	}
	if report, err = other.Reader(context.Background(), "elsewhere", strings.NewReader(token)); err != nil || len(report.Findings) != 1 {
		t.Errorf("in another file: %v, found %q", err, lines(report))
	}
	if got := scanText(t, other, file.String()); len(got.Findings) != 0 {
		t.Errorf("the scan found a secret in the baseline itself: %q", lines(got))
	}
	var same bytes.Buffer
	if _, err := again.WriteTo(&same); err != nil || same.String() != file.String() {
		t.Errorf("a baseline that was read is written as\n%s\nwant\n%s", same.String(), file.String())
	}
}

// The file has the key, so a value that could be guessed must not be added.
func TestBaselineRefusesWeakValues(t *testing.T) {
	base := scan.NewBaseline()
	for _, value := range []string{"Summer2024!", "kJ8#mQ2$", "correct-horse-battery-staple", "aaaaaaaaaaaaaaaa1", "deadbeef1234"} {
		s := newScanner(t, scan.Options{Baseline: base, Secrets: secretsOf("db/password", value), Include: []string{"db/password"}})
		report := scanText(t, s, value)
		if len(report.Findings) != 1 {
			t.Fatalf("%q: found %q", value, lines(report))
		}
		err := base.Add(report.Findings[0])
		if !errors.Is(err, secretmux.ErrRefused) {
			t.Errorf("%q: got %v, want ErrRefused", value, err)
		}
		conformance.NoLeak(t, err, value)
	}
	if base.Len() != 0 {
		t.Errorf("the baseline has %d findings", base.Len())
	}
}

func TestBaselineOfOthers(t *testing.T) {
	finding := scanText(t, ownScanner(t), canary).Findings[0]
	if err := scan.NewBaseline().Add(finding); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("a finding from a scan without it: got %v, want ErrInvalid", err)
	}
	var none *scan.Baseline
	if none.Has(finding) {
		t.Error("a nil Baseline has a finding")
	}
	if err := none.Add(finding); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("Add of a nil Baseline: got %v, want ErrInvalid", err)
	}
}

const head = "secretmux-baseline v1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"

func TestMalformedBaseline(t *testing.T) {
	const d = "00112233445566778899aabbccddeeff"
	const bad = "Zq4xVw8kPj2mLr6tYb9nHd3f"
	for name, text := range map[string]string{
		"empty": "", "comments": "# a\n\n", "no head": d + " rule \"path\"\n", "another version": strings.Replace(head, "v1", "v2", 1),
		"short key": "secretmux-baseline v1 0011\n", "a malformed key": "secretmux-baseline v1 " + bad + "\n",
		"two fields": head + d + " rule\n", "short digest": head + "0011 rule \"" + bad + "\"\n",
		"capitals": head + strings.ToUpper(d) + " rule \"path\"\n", "a malformed digest": head + strings.Repeat("zz", 16) + " rule \"" + bad + "\"\n",
		"a malformed rule": head + d + " " + bad + " \"path\"\n", "no quotes": head + d + " rule " + bad + "\n",
		"backquotes": head + d + " rule `" + bad + "`\n", "half a quote": head + d + " rule \"" + bad + "\n",
		"long line": head + strings.Repeat(bad, 10000),
	} {
		_, err := scan.ParseBaseline(strings.NewReader(text))
		if !errors.Is(err, secretmux.ErrCorrupt) {
			t.Errorf("%s: got %v, want ErrCorrupt", name, err)
		}
		conformance.NoLeak(t, err, bad)
	}
	if b, err := scan.ParseBaseline(strings.NewReader("# c\n" + head + "\n" + d + " new-rule-2 \"a\\nb\"\r\n")); err != nil || b.Len() != 1 {
		t.Errorf("a good baseline: %v", err)
	}
}

func FuzzParseBaseline(f *testing.F) {
	f.Add(head + "00112233445566778899aabbccddeeff own-value \"a/b.txt\"\n")
	f.Add("# comment\n\n" + head + "00112233445566778899aabbccddeeff github-token \"line\\nbreak \\xff\"\n")
	f.Add(head)
	f.Add("secretmux-baseline v2 00\n")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := scan.ParseBaseline(strings.NewReader(text))
		if err != nil {
			if !errors.Is(err, secretmux.ErrCorrupt) {
				t.Errorf("got %v, want ErrCorrupt", err)
			}
			return
		}
		var first, second bytes.Buffer
		if _, err := b.WriteTo(&first); err != nil {
			t.Fatal(err)
		}
		again, err := scan.ParseBaseline(bytes.NewReader(first.Bytes()))
		if err != nil {
			t.Fatalf("the baseline that was written can't be read: %v", err)
		}
		if _, err := again.WriteTo(&second); err != nil || first.String() != second.String() {
			t.Errorf("written as %q, then as %q", first.String(), second.String())
		}
	})
}
