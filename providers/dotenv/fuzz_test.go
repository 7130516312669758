package dotenv_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/joho/godotenv"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/dotenv"
)

// FuzzParse checks rules that hold for every input: nothing panics, two calls agree,
// and an error has the right class and no piece of the input.
func FuzzParse(f *testing.F) {
	for _, r := range readTable(f) {
		f.Add([]byte(r.Input))
		f.Add([]byte("A=" + canary + "\n" + r.Input + canary + "\n"))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, o := range []dotenv.Options{{}, {Expand: true}, {Dialect: dotenv.Godotenv}} {
			first, err := dotenv.ParseAs(data, o)
			again, errAgain := dotenv.ParseAs(data, o)
			if !maps.Equal(first, again) || (err == nil) != (errAgain == nil) {
				t.Fatalf("%+v: two answers", o)
			}
			if err == nil {
				continue
			}
			wantNoCanary(t, err)
			if class := dotenv.Class(err); !errors.Is(class, secretmux.ErrInvalid) && !errors.Is(class, secretmux.ErrTooLarge) {
				t.Fatalf("%+v: class %v", o, class)
			}
			if !strings.HasPrefix(err.Error(), "line ") || strings.HasPrefix(err.Error(), "line 0") {
				t.Fatalf("%+v: no line in %v", o, err)
			}
			if first != nil {
				t.Fatalf("%+v: an error with values", o)
			}
		}
	})
}

// FuzzGodotenv compares the dialect with the library that it is named after.
func FuzzGodotenv(f *testing.F) {
	for _, r := range readTable(f) {
		f.Add(r.Input)
	}
	f.Fuzz(func(t *testing.T, input string) {
		if strings.ContainsRune(input, 0) || strings.HasPrefix(input, "\ufeff") ||
			strings.HasPrefix(input, "\xff\xfe") || strings.HasPrefix(input, "\xfe\xff") {
			return
		}
		got, err := dotenv.ParseAs([]byte(input), dotenv.Options{Dialect: dotenv.Godotenv})
		if errors.Is(dotenv.Class(err), secretmux.ErrTooLarge) {
			return
		}
		want, wantErr := godotenv.Unmarshal(input)
		if wantErr != nil {
			want = nil
		}
		delete(want, "")
		if (err == nil) != (wantErr == nil) || !maps.Equal(got, want) {
			t.Fatalf("got %q and %v, godotenv %q", got, err, want)
		}
	})
}
