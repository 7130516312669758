package mask_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/internal/forms"
	"github.com/secretmux/secretmux/mask"
)

// No part of a form may come out, with any cuts into writes: at each of its bytes, at
// all of them, and at random places.
func TestEveryFormAtEverySplit(t *testing.T) {
	set := setOf(mask.Options{}, canary)
	r := rand.New(rand.NewPCG(1, 2))
	for _, form := range forms.Of([]byte(canary), mask.DefaultMinLength) {
		text := string(form.Text)
		splits := [][]string{{text}, strings.Split(text, "")}
		for i := 1; i < len(text); i++ {
			splits = append(splits, []string{text[:i], text[i:]})
			a, b := r.IntN(len(text)), r.IntN(len(text))
			splits = append(splits, []string{text[:min(a, b)], text[min(a, b):max(a, b)], text[max(a, b):]})
		}
		for _, pieces := range splits {
			var s sink
			w := mask.NewWriter(&s, set)
			for _, piece := range slices.Concat([]string{"<<"}, pieces, []string{">>"}) {
				if n, err := w.Write([]byte(piece)); n != len(piece) || err != nil {
					t.Fatalf("Write returned %d and %v", n, err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if got := s.String(); got != "<<[redacted:db/password]>>" {
				t.Fatalf("%s, written as %q: got %q", form.Encoding, pieces, got)
			}
		}
	}
}

func TestFormsOfPrograms(t *testing.T) {
	set := setOf(mask.Options{}, canary)
	quoted, err := json.Marshal(map[string]string{"password": canary})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"basic auth":   base64.StdEncoding.EncodeToString([]byte("user:" + canary)),
		"basic auth 1": base64.StdEncoding.EncodeToString([]byte("user1:" + canary + "@")),
		"basic auth 2": base64.URLEncoding.EncodeToString([]byte("user12:" + canary + "@h")),
		"hex":          hex.EncodeToString([]byte(canary)),
		"DSN":          (&url.URL{Scheme: "postgres", User: url.UserPassword("app", canary), Host: "db"}).String(),
		"query":        "?" + url.Values{"password": {canary}}.Encode(),
		"JSON":         string(quoted),
		"JSON in JSON": strconv.Quote(string(quoted)),
		"%q":           strconv.Quote(canary),
	} {
		got := set.Redact(text)
		if strings.Contains(got, "Vw8k") || !strings.Contains(got, "[redacted:db/password]") {
			t.Errorf("%s: %q is shown as %q", name, text, got)
		}
		if name == "DSN" && got != "postgres://app:[redacted:db/password]@db" {
			t.Errorf("got %q: what is around the value must stay", got)
		}
	}
}

// A prompt, a progress bar and a line are written by the Write that has them.
func TestNothingIsHeldBackWithoutNeed(t *testing.T) {
	w := &sink{}
	m := mask.NewWriter(w, setOf(mask.Options{}, canary, "second-value\nof two lines"))
	for _, text := range []string{"Password: ", "\r 50 %", "a line\n", "no line end", "Zq4x but not it\n"} {
		_, _ = m.Write([]byte(text))
		if got := w.each(); got[len(got)-1] != text {
			t.Errorf("after %q the writer below has %q", text, got)
		}
	}
	// Only bytes that may become a value are held.
	_, _ = m.Write([]byte("see Zq4x"))
	if got := w.each(); got[len(got)-1] != "see " {
		t.Errorf("the writer below has %q, want the text before the beginning of the value", got)
	}
	_, _ = m.Write([]byte("-other\n"))
	if got := w.each(); got[len(got)-1] != "Zq4x-other\n" {
		t.Errorf("the writer below has %q, want what was held and the rest in one write", got)
	}
}

// The mask of a complete value is written at once, unless a longer value may continue
// there.
func TestCompleteValueIsNotHeldBack(t *testing.T) {
	for _, tt := range []struct{ value, other, want string }{
		{canary, "another-value", "is [redacted:db/password]"}, {"x", "y", "is [redacted:db/password]"}, {"abcdef", "cdefgh", "is "},
	} {
		var s sink
		w := mask.NewWriter(&s, setOf(mask.Options{MinLength: 1, Quiet: -1}, tt.value, tt.other))
		_, _ = w.Write([]byte("is " + tt.value))
		if got := s.String(); got != tt.want {
			t.Errorf("after %q the writer below has %q, want %q", tt.value, got, tt.want)
		}
	}
}

// Bytes that are held back when the set changes are checked against the new set.
func TestSetChangesWhileBytesAreHeld(t *testing.T) {
	set := setOf(mask.Options{Quiet: -1}, canary)
	var s sink
	w := mask.NewWriter(&s, set)
	_, _ = w.Write([]byte(canary[:10]))
	set.Add("api/key", secretOf("another-value"))
	_, _ = w.Write([]byte(canary[10:] + " "))
	_, _ = w.Write([]byte(canary[:10]))
	set.Add("api/key", secretOf(canary[:10]+"-goes-on"))
	_, _ = w.Write([]byte("-goes-on "))
	_, _ = w.Write([]byte("ends in " + canary[:10]))
	set.Add("tls/key", secretOf(canary[:10]))
	_, _ = w.Write([]byte("\n"))
	if got, want := s.String(), "[redacted:db/password] [redacted:api/key] ends in [redacted:tls/key]\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	// Bytes that were shown can't be taken back, and are not shown again.
	_, _ = w.Write([]byte("another-v"))
	_ = w.Flush()
	set.Add("late", secretOf("another"))
	_, _ = w.Write([]byte("ase\n"))
	if got, want := s.String(), "[redacted:db/password] [redacted:api/key] ends in [redacted:tls/key]\nanother-vase\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestQuietTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s sink
		w := mask.NewWriter(&s, setOf(mask.Options{}, canary))
		_, _ = w.Write([]byte("see " + canary[:8]))
		time.Sleep(60 * time.Millisecond)
		_, _ = w.Write([]byte(canary[8:12]))
		time.Sleep(99 * time.Millisecond)
		synctest.Wait()
		if got := s.String(); got != "see " {
			t.Errorf("99 ms after the last write %q is shown", got)
		}
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		if got := s.String(); got != "see "+canary[:12] {
			t.Errorf("101 ms after the last write %q is shown", got)
		}
		// The next bytes are the rest of a known value.
		_, _ = w.Write([]byte(canary[12:] + "\n"))
		if got, want := s.String(), "see "+canary[:12]+"[redacted:db/password]\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestQuietForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s sink
		w := mask.NewWriter(&s, setOf(mask.Options{Quiet: -1}, canary))
		_, _ = w.Write([]byte(canary[:8]))
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := s.String(); got != "" {
			t.Errorf("%q is shown", got)
		}
		if err := w.Flush(); err != nil || s.String() != canary[:8] {
			t.Errorf("after Flush %q is shown, error %v", s.String(), err)
		}
	})
}

// A handler of log/slog writes a record at once, in JSON with its escapes.
func TestSlogRecord(t *testing.T) {
	var s sink
	logger := slog.New(slog.NewJSONHandler(mask.NewWriter(&s, setOf(mask.Options{}, canary)), nil))
	logger.WithGroup("db").Info("connect "+canary, "dsn", "app:"+canary+"@db", "any", struct{ P string }{canary})
	got := s.each()
	if len(got) != 1 || strings.Count(got[0], "[redacted:db/password]") != 3 || strings.Contains(got[0], "Vw8k") {
		t.Errorf("got %q, want one write with three masks", got)
	}
	if !json.Valid([]byte(got[0])) {
		t.Errorf("%q is not JSON any more", got[0])
	}
}

func TestWriteDoesNotAllocate(t *testing.T) {
	w := mask.NewWriter(io.Discard, setOf(mask.Options{Quiet: -1}, canary))
	for name, line := range map[string]string{
		"ordinary": "an ordinary line of a log\n", "masked": "a line with " + canary + "\n", "held": "a line with " + canary[:9],
	} {
		text := []byte(line)
		if n := testing.AllocsPerRun(100, func() { _, _ = w.Write(text) }); n != 0 {
			t.Errorf("%s: %v allocations a write, want 0", name, n)
		}
	}
}
