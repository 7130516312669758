package steady_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/secretmux/secretmux/providers/internal/steady"
)

func TestText(t *testing.T) {
	for value, want := range map[string]string{
		"a\n": "a", "a\r\n": "a", "a\n\n": "a\n", "a": "a", "": "", "\n": "", "a\r": "a\r", " a \n": " a ",
		"\xff\n": "\xff\n", "a\x00b\n": "a\x00b\n", "\ufeffa\n": "a", "\ufeff": "", "\ufeff\n": "", "a\ufeff": "a\ufeff",
		"a\x00": "a\x00", "\x00a": "\x00a", "\xff\xfe\x01\x00": "\xff\xfe\x01\x00", "\xff\xfea": "\xff\xfea", "\xfe\xff\xd8\x00": "\xfe\xff\xd8\x00",
		"a\x00b\x00\x00\x00": "a\x00b\x00\x00\x00", "\x00\x00\x00\x00": "\x00\x00\x00\x00",
	} {
		got, err := steady.Text([]byte(value))
		if err != nil || string(got) != want {
			t.Errorf("%q: got %q, %v, want %q", value, got, err, want)
		}
	}
}

func utf16of(order binary.AppendByteOrder, text string) []byte {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return b
}

func utf32of(order binary.AppendByteOrder, text string) []byte {
	var b []byte
	for _, r := range text {
		b = order.AppendUint32(b, uint32(r))
	}
	return b
}

func TestWideTextIsRefused(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, text := range []string{"hunter2", "hunter2\r\n", "päss", "密码", "🔑x", "a"} {
			for what, content := range map[string][]byte{
				"UTF-16": utf16of(order, "\ufeff"+text), "UTF-32": utf32of(order, "\ufeff"+text),
			} {
				if got, err := steady.Text(content); !errors.Is(err, steady.ErrUTF16) {
					t.Errorf("%s of %q, %v: %q, %v", what, text, order, got, err)
				}
			}
		}
		if _, err := steady.Text(utf16of(order, "hunter2\r\n")); !errors.Is(err, steady.ErrUTF16) {
			t.Errorf("UTF-16 without a mark, %v: %v", order, err)
		}
		if _, err := steady.Text(utf16of(order, "\ufeff")); !errors.Is(err, steady.ErrUTF16) {
			t.Errorf("an empty text in UTF-16, %v: %v", order, err)
		}
	}
}

// A key of random bytes is not text, even if it begins like one.
func TestRandomKeysAreNotText(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	refused := 0
	for range 100_000 {
		key := make([]byte, 34)
		for i := range key {
			key[i] = byte(random.Uint32())
		}
		copy(key, []string{"\xff\xfe", "\xfe\xff"}[random.IntN(2)])
		if got, err := steady.Text(key); err != nil {
			refused++
		} else if !bytes.Equal(got, key) {
			t.Fatalf("%x became %x", key, got)
		}
	}
	// One random key in 32,768 begins like a mark.
	if refused > 1000 {
		t.Errorf("%d of 100,000 were taken for text", refused)
	}
	t.Logf("%d of 100,000 were taken for text", refused)
}

func TestWithoutPath(t *testing.T) {
	for _, err := range []error{
		&fs.PathError{Op: "open", Path: "canary", Err: syscall.EACCES},
		&os.LinkError{Op: "link", Old: "canary", New: "canary", Err: syscall.EACCES},
		errors.Join(&fs.PathError{Op: "open", Path: "canary", Err: &fs.PathError{Op: "open", Path: "canary", Err: syscall.EACCES}}),
		syscall.EACCES,
	} {
		if got := steady.WithoutPath(err); !errors.Is(got, syscall.EACCES) || strings.Contains(got.Error(), "canary") {
			t.Errorf("%v became %v", err, got)
		}
	}
	if steady.WithoutPath(nil) != nil {
		t.Error("nothing became an error")
	}
}

// A value is the content of the file. Only a text loses a byte order mark and one
// newline.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "a\r\n", "\ufeffa\n", "\xff\xfea\x00", "\xfe\xff\x00a", "a\x00b\x00", "\xff\xfe\x00\x00a\x00\x00\x00", "\xff\n", "\x00\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		value, err := steady.Text(content)
		if err != nil {
			if !errors.Is(err, steady.ErrUTF16) || utf8.Valid(content) && !bytes.Contains(content, []byte{0}) {
				t.Fatalf("%q: %v", content, err)
			}
			return
		}
		text := utf8.Valid(content) && !bytes.Contains(content, []byte{0})
		rest, marked := bytes.CutPrefix(content, []byte("\ufeff"))
		switch {
		case !text && bytes.Equal(value, content):
		case text && (bytes.Equal(value, rest) || bytes.Equal(value, bytes.TrimSuffix(rest, []byte("\n"))) || bytes.Equal(value, bytes.TrimSuffix(rest, []byte("\r\n")))):
		default:
			t.Fatalf("%q, marked %v, became %q", content, marked, value)
		}
	})
}
