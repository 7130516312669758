package scan_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/secretmux/secretmux/internal/forms"
	"github.com/secretmux/secretmux/scan"
)

// Every form is found at every alignment, and on both sides of the edges of the
// buffer of 64 KiB.
func TestEveryFormAtEveryPlace(t *testing.T) {
	s := ownScanner(t)
	places := []int{0, 1, 2, 3, 4, 5, 6, 7, 1 << 16, 1 << 17, 130000}
	for at := 1<<16 - 1<<10 - 10; at < 1<<16-1<<10+10; at++ { // a form that begins here is left for the next buffer
		places = append(places, at)
	}
	for at := 1<<16 - 300; at < 1<<16+20; at += 13 {
		places = append(places, at)
	}
	for _, form := range forms.Of([]byte(canary), scan.MinLength) {
		for _, at := range places {
			text := strings.Repeat(".", at) + string(form.Text)
			afters := []string{"", "\n", strings.Repeat(".", 3000)}
			if at > 10 {
				afters = afters[2:] // at an edge the bytes after the form are there
			}
			for _, after := range afters {
				report := scanText(t, s, text+after)
				if len(report.Findings) != 1 {
					t.Fatalf("%s at %d: %d findings", form.Encoding, at, len(report.Findings))
				}
				f := report.Findings[0]
				if f.Line != 1 || f.Column != at+1 || f.Secret != "db/password" || f.Encoding != form.Encoding || f.Rule != scan.OwnValue {
					t.Fatalf("%s at %d: got %+v", form.Encoding, at, f)
				}
			}
		}
	}
}

func TestBase64AtEachOffset(t *testing.T) {
	s := ownScanner(t)
	for before := range 6 {
		text := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("user:x"[:before]+canary+"\nHost")) + "\n"
		report := scanText(t, s, text)
		want := []string{"base64", "base64+1", "base64+2"}[before%3]
		if len(report.Findings) != 1 || report.Findings[0].Encoding != want {
			t.Errorf("after %d bytes: found %q, want one in %s", before, lines(report), want)
		}
	}
}

// A reader may return its bytes in pieces of any size.
func TestReadersOfAllKinds(t *testing.T) {
	text := strings.Repeat("line\n", 30000) + "x " + canary + " y\n"
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"one byte": iotest.OneByteReader, "half": iotest.HalfReader, "data and error": iotest.DataErrReader,
	} {
		report, err := ownScanner(t).Reader(t.Context(), "file", wrap(strings.NewReader(text)))
		if err != nil {
			t.Fatal(err)
		}
		if got := lines(report); len(got) != 1 || got[0] != "file:30001:3: own-value db/password (raw)" || report.Bytes != int64(len(text)) {
			t.Errorf("%s: found %q in %d bytes", name, got, report.Bytes)
		}
	}
}

// A part of a value that was found is not reported again.
func TestOneFindingForOnePlace(t *testing.T) {
	key := "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIKfirstline0\nSecondLineOfTheKey9\n-----END EC PRIVATE KEY-----\n"
	s := newScanner(t, scan.Options{Secrets: secretsOf("tls", key)})
	if got := lines(scanText(t, s, "a\n"+key+"b")); len(got) != 1 || got[0] != "file:2:1: own-value tls (raw)" {
		t.Errorf("the whole key: found %q", got)
	}
	if got := lines(scanText(t, s, "x: SecondLineOfTheKey9\n")); len(got) != 1 || got[0] != "file:1:4: own-value tls (line)" {
		t.Errorf("one line of it: found %q", got)
	}
	other := "-----BEGIN EC PRIVATE KEY-----\nnot the key"
	if got := lines(scanText(t, s, other)); len(got) != 0 {
		t.Errorf("only the frame: found %q", got)
	}
}

func TestTwoReferencesWithOneValue(t *testing.T) {
	s := newScanner(t, scan.Options{Secrets: secretsOf("a", "hunter22!Xy", "b", "hunter22!Xy")})
	report := scanText(t, s, "hunter22!Xy")
	wantLines(t, report, nil, "file:1:1: own-value a (raw)", "file:1:1: own-value b (raw)")
}

func TestDocument(t *testing.T) {
	doc := `{"username":"app_user","password":"hunter22!Xy","host":"db.example.com","port":5432,"nested":{"key":"Xy77-abc!"}}`
	s := newScanner(t, scan.Options{Secrets: secretsOf("db", doc)})
	wantLines(t, scanText(t, s, "p=hunter22!Xy\nk=Xy77-abc!\nu=app_user\nh=db.example.com\n"), nil,
		"file:1:3: own-value db#password (raw)", "file:2:3: own-value db#/nested/key (raw)")
	wantLines(t, scanText(t, s, doc), nil,
		"file:1:1: own-value db (raw)", "file:1:36: own-value db#password (raw)", "file:1:102: own-value db#/nested/key (raw)")
	included := newScanner(t, scan.Options{Secrets: secretsOf("db", doc), Include: []string{"db#username"}, Except: []string{"db#password"}})
	wantLines(t, scanText(t, included, "hunter22!Xy app_user"), nil, "file:1:13: own-value db#username (raw)")
}

// A value that is longer than the compared part is found by its beginning, whole or
// cut off.
func TestLongValue(t *testing.T) {
	long := strings.Repeat("0123456789-abcdefghij+KLMNOPQRSTuvwxyz", 3000)
	s := newScanner(t, scan.Options{Secrets: secretsOf("blob", long)})
	for name, text := range map[string]string{"whole": long, "cut off": long[:400]} {
		if got := scanText(t, s, "x "+text); len(got.Findings) == 0 || got.Findings[0].Column != 3 {
			t.Errorf("%s: found %q", name, lines(got))
		}
	}
}

func TestBinaryFile(t *testing.T) {
	text := string(bytes.Repeat([]byte{0, 1, 0xff}, 50000)) + canary + "\x00\x00"
	if got := scanText(t, ownScanner(t), text); len(got.Findings) != 1 {
		t.Errorf("found %q in a binary file", lines(got))
	}
}
