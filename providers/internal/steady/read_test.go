package steady_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/providers/internal/steady"
)

// state is what one opening of the file finds.
type state struct {
	content string
	fresh   bool // written just now
	grows   bool // while it is read
	touched bool // while it is read: the time changes and the size does not
	mode    fs.FileMode
	err     error
}

// script opens one state of the file after the other, and then the last again.
func script(states ...state) (open func() (fs.File, error), opened *int) {
	opened = new(int)
	return func() (fs.File, error) {
		s := states[min(*opened, len(states)-1)]
		*opened++
		if s.err != nil {
			return nil, s.err
		}
		f, err := fstest.MapFS{"f": {Data: []byte(s.content), Mode: 0o600 | s.mode}}.Open("f")
		return &file{File: f, state: s, opened: time.Now()}, err
	}, opened
}

type file struct {
	fs.File
	state
	opened time.Time
	stats  int64
}

func (f *file) Stat() (fs.FileInfo, error) {
	inner, err := f.File.Stat()
	seen := info{FileInfo: inner, size: int64(len(f.content))}
	if f.fresh {
		seen.time = f.opened
	}
	if f.grows {
		seen.size += f.stats
	}
	if f.touched {
		seen.time = time.Unix(f.stats, 0)
	}
	f.stats++
	return seen, err
}

type info struct {
	fs.FileInfo
	size int64
	time time.Time
}

func (i info) Size() int64        { return i.size }
func (i info) ModTime() time.Time { return i.time }

func TestRead(t *testing.T) {
	half, whole := state{content: "ha", grows: true}, state{content: "whole"}
	tests := []struct {
		name   string
		states []state
		opened int
		want   error
	}{
		{"left alone", []state{whole}, 1, nil},
		{"grows, then is left alone", []state{half, whole}, 2, nil},
		{"overwritten with as many bytes", []state{{content: "WHOLE", touched: true}, whole}, 2, nil},
		{"fresh, and the same twice", []state{{content: "whole", fresh: true}}, 2, nil},
		{"truncated just now, then written", []state{{fresh: true}, whole}, 2, nil},
		{"truncated twice", []state{{fresh: true}, {fresh: true}, whole}, 3, nil},
		{"two versions in a row", []state{{content: "no", fresh: true}, {content: "whole", fresh: true}}, 3, nil},
		{"never left alone", []state{half, {content: "hal", grows: true}, half, {content: "hal", grows: true}, half}, 5, steady.ErrChanging},
		{"never more than truncated", []state{{fresh: true}}, 5, steady.ErrChanging},
		{"removed meanwhile", []state{half, {err: fs.ErrNotExist}}, 2, fs.ErrNotExist},
		{"a pipe", []state{{mode: fs.ModeNamedPipe}}, 1, steady.ErrNotRegular},
		{"a directory", []state{{mode: fs.ModeDir}}, 1, steady.ErrDirectory},
		{"at the limit", []state{{content: string(make([]byte, steady.MaxSize))}}, 1, nil},
		{"over the limit", []state{{content: string(make([]byte, steady.MaxSize+1))}}, 1, steady.ErrTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				open, opened := script(tt.states...)
				got, _, err := steady.Read(t.Context(), open, false)
				if !errors.Is(err, tt.want) || *opened != tt.opened {
					t.Errorf("read %d times: %v; want %d times: %v", *opened, err, tt.opened, tt.want)
				}
				if last := tt.states[len(tt.states)-1]; err == nil && string(got) != last.content {
					t.Errorf("got %d bytes, want the last content", len(got))
				}
			})
		})
	}
}

func TestReadOfAnAtomicFileDoesNotWait(t *testing.T) {
	open, opened := script(state{content: "whole", fresh: true})
	if got, _, err := steady.Read(t.Context(), open, true); err != nil || string(got) != "whole" || *opened != 1 {
		t.Errorf("read %d times: %q, %v", *opened, got, err)
	}
}

func TestWaitingForAWriterEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		open, opened := script(state{grows: true})
		if _, _, err := steady.Read(ctx, open, false); !errors.Is(err, context.DeadlineExceeded) || *opened != 1 {
			t.Errorf("after %d reads: %v", *opened, err)
		}
	})
}

func TestTrimNewline(t *testing.T) {
	for value, want := range map[string]string{
		"a\n": "a", "a\r\n": "a", "a\n\n": "a\n", "a": "a", "": "", "\n": "", "a\r": "a\r", " a \n": " a ",
		"\xff\n": "\xff\n", "a\x00b\n": "a\x00b\n",
	} {
		if got := string(steady.TrimNewline([]byte(value))); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}
