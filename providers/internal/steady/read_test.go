package steady_test

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/providers/internal/steady"
)

// state is the file that one opening finds.
type state struct {
	content string
	age     time.Duration // of its last write, by the server's clock
	grows   bool          // while it is read
	touched bool          // the file's time changes during the read, and its size does not
	ticks   bool          // its time is the time of the opening
	mode    fs.FileMode
	err     error
}

// script opens one state of the file after the other, and then the last again. The
// clock of its server is ahead of ours by skew.
func script(skew time.Duration, states ...state) (open func() (fs.File, error), opened *int) {
	opened = new(int)
	then := time.Now().Add(skew)
	return func() (fs.File, error) {
		s := states[min(*opened, len(states)-1)]
		*opened++
		if s.err != nil {
			return nil, s.err
		}
		f, err := fstest.MapFS{"f": {Data: []byte(s.content), Mode: 0o600 | s.mode}}.Open("f")
		seen := then.Add(-s.age)
		if s.ticks {
			seen = seen.Add(time.Duration(*opened) * time.Second)
		}
		return &file{File: f, state: s, time: seen}, err
	}, opened
}

type file struct {
	fs.File
	state
	time  time.Time
	stats int64
}

func (f *file) Stat() (fs.FileInfo, error) {
	inner, err := f.File.Stat()
	seen := info{FileInfo: inner, size: int64(len(f.content)), time: f.time}
	if f.grows {
		seen.size += f.stats
	}
	if f.touched {
		seen.time = seen.time.Add(time.Duration(f.stats))
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

// reads reads the states, one Read after the other. The test fails unless each Read
// returns the last content, after so many looks at the file and so much time.
type reads struct {
	states []state
	looks  int
	took   time.Duration
	want   error
}

const rest = 100 * time.Millisecond // as the package says

func TestRead(t *testing.T) {
	half, whole := state{content: "ha", grows: true}, state{content: "whole"}
	ticking := func(content string) state { return state{content: content, ticks: true} }
	tests := []struct {
		name  string
		reads []reads // by one reader
	}{
		{"a first read has no pause", []reads{{[]state{whole}, 2, 0, nil}}},
		{"nor has one of a file without content", []reads{{[]state{{}}, 2, 0, nil}}},
		{"a first read that meets a writer", []reads{{[]state{half, whole}, 3, rest, nil}}},
		{"a first read that meets two versions", []reads{{[]state{{content: "no"}, whole}, 3, rest, nil}}},
		{"written during the first look", []reads{{[]state{{content: "whole", touched: true}, whole}, 3, rest, nil}}},
		{"nothing changed", []reads{{[]state{whole}, 2, 0, nil}, {[]state{whole}, 1, 0, nil}}},
		{"touched", []reads{{[]state{whole}, 2, 0, nil}, {[]state{{content: "whole", age: -time.Hour}}, 1, 0, nil}}},
		{"a change", []reads{{[]state{whole}, 2, 0, nil}, {[]state{{content: "other"}}, 2, rest, nil}}},
		{"a change that keeps time and size", []reads{{[]state{whole}, 2, 0, nil}, {[]state{{content: "WHOLE"}}, 2, rest, nil}}},
		{"a change, and back", []reads{{[]state{whole}, 2, 0, nil}, {[]state{{content: "x"}, whole}, 2, rest, nil}}},
		{"half a change", []reads{{[]state{whole}, 2, 0, nil}, {[]state{{content: "oth"}, {content: "other"}}, 3, 2 * rest, nil}}},
		{"a change that is written on", []reads{{[]state{whole}, 2, 0, nil}, {[]state{{content: "x", age: 1}, {content: "x"}}, 3, 2 * rest, nil}}},
		{"truncated, then written", []reads{{[]state{whole}, 2, 0, nil}, {[]state{{}, {}, {}, {content: "other"}}, 5, 4 * rest, nil}}},
		{"emptied", []reads{{[]state{whole}, 2, 0, nil}, {[]state{{}}, 4, 3 * rest, nil}, {[]state{{}}, 1, 0, nil}}},
		{"filled", []reads{{[]state{{}}, 2, 0, nil}, {[]state{whole}, 2, rest, nil}}},
		{"removed and made again", []reads{
			{[]state{whole}, 2, 0, nil},
			{[]state{{err: fs.ErrNotExist}}, 1, 0, fs.ErrNotExist},
			{[]state{{content: "oth"}, {content: "other"}}, 3, 2 * rest, nil},
		}},
		{"never left alone", []reads{{[]state{half, {content: "hal", grows: true}, half, half, half, half}, 6, 4 * rest, steady.ErrChanging}}},
		{"removed meanwhile", []reads{{[]state{half, {err: fs.ErrNotExist}}, 2, 0, fs.ErrNotExist}}},
		{"a clock that always runs", []reads{{[]state{ticking("whole")}, 3, rest, nil}, {[]state{ticking("whole")}, 1, 0, nil}, {[]state{ticking("other")}, 3, 2 * rest, nil}}},
		{"a time that moves while it is read", []reads{{[]state{{content: "whole", touched: true}}, 3, rest, nil}}},
		{"a pipe", []reads{{[]state{{mode: fs.ModeNamedPipe}}, 1, 0, steady.ErrNotRegular}}},
		{"a directory", []reads{{[]state{{mode: fs.ModeDir}}, 1, 0, steady.ErrDirectory}}},
		{"at the limit", []reads{{[]state{{content: string(make([]byte, steady.MaxSize))}}, 2, 0, nil}}},
		{"over the limit", []reads{{[]state{{content: string(make([]byte, steady.MaxSize+1))}}, 1, 0, steady.ErrTooLarge}}},
	}
	for _, tt := range tests {
		// The clock of the file server is not ours.
		for _, skew := range []time.Duration{0, 5 * time.Second, -5 * time.Second, rest / 2} {
			t.Run(tt.name+" at "+skew.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var r steady.Reader
					for n, read := range tt.reads {
						read.check(t, &r, n, skew)
					}
				})
			})
		}
	}
}

func (c reads) check(t *testing.T, r *steady.Reader, n int, skew time.Duration) {
	t.Helper()
	open, opened := script(skew, c.states...)
	start := time.Now()
	got, _, err := r.Read(t.Context(), steady.File{Key: "f", Open: open})
	if took := time.Since(start); !errors.Is(err, c.want) || *opened != c.looks || took != c.took {
		t.Errorf("read %d: %d looks, %v, %v; want %d, %v, %v", n, *opened, took, err, c.looks, c.took, c.want)
	}
	if last := c.states[len(c.states)-1]; err == nil && string(got) != last.content {
		t.Errorf("read %d: got %q, want the last content", n, got)
	}
}

func TestReadOfAnAtomicFileDoesNotWait(t *testing.T) {
	var r steady.Reader
	for _, content := range []string{"one", "two", ""} {
		open, opened := script(0, state{content: content})
		got, _, err := r.Read(t.Context(), steady.File{Key: "f", Open: open, Atomic: true})
		if err != nil || string(got) != content || *opened != 1 {
			t.Errorf("read %d times: %q, %v", *opened, got, err)
		}
	}
}

// All changed files of a batch wait together.
func TestReadAllWaitsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r steady.Reader
		for _, content := range []string{"old", "new"} {
			files := make([]steady.File, 50)
			for i := range files {
				open, _ := script(0, state{content: content + strconv.Itoa(i)})
				files[i] = steady.File{Key: strconv.Itoa(i), Open: open}
			}
			open, _ := script(0, state{err: fs.ErrPermission})
			files[7].Open = open
			start := time.Now()
			for i, c := range r.ReadAll(t.Context(), files) {
				if good := i != 7; (c.Err == nil) != good || good && string(c.Data) != content+strconv.Itoa(i) {
					t.Errorf("file %d: %q, %v", i, c.Data, c.Err)
				}
			}
			want := time.Duration(0)
			if content == "new" {
				want = rest
			}
			if took := time.Since(start); took != want {
				t.Errorf("it took %v, want %v", took, want)
			}
		}
	})
}

func TestWaitingForAWriterEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r steady.Reader
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		open, opened := script(0, state{grows: true})
		if _, _, err := r.Read(ctx, steady.File{Open: open}); !errors.Is(err, context.DeadlineExceeded) || *opened != 2 {
			t.Errorf("after %d looks: %v", *opened, err)
		}
		// The other files of a batch keep their results.
		ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		good, _ := script(0, state{content: "x"})
		third, _ := script(0, state{grows: true}) // of its own: the files are read side by side
		got := r.ReadAll(ctx, []steady.File{{Key: "a", Open: open}, {Key: "b", Open: good}, {Key: "c", Open: third}})
		if !errors.Is(got[0].Err, context.DeadlineExceeded) || string(got[1].Data) != "x" || !errors.Is(got[2].Err, context.DeadlineExceeded) {
			t.Errorf("a batch: %v, %v, %v", got[0].Err, got[1].Err, got[2].Err)
		}
	})
}

func TestKnown(t *testing.T) {
	var r steady.Reader
	open, _ := script(0, state{content: "x"})
	if r.Known("f") {
		t.Error("known before it was read")
	}
	if _, _, err := r.Read(t.Context(), steady.File{Key: "f", Open: open}); err != nil || !r.Known("f") || r.Known("g") {
		t.Errorf("known is %v, %v", r.Known("f"), r.Known("g"))
	}
}
