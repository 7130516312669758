package steady

import (
	"io/fs"
	"testing"
	"time"
)

// info is what a file system says; only size and time matter here.
type info struct {
	fs.FileInfo
	size int64
	time time.Time
}

func (i info) Size() int64        { return i.size }
func (i info) ModTime() time.Time { return i.time }

func TestSettled(t *testing.T) {
	then := time.Unix(1, 0)
	for _, c := range []struct {
		what          string
		before, after info
		content       string
		whole         bool
	}{
		{"still", info{size: 3, time: then}, info{size: 3, time: then}, "abc", true},
		{"empty", info{time: then}, info{time: then}, "", true},
		{"grew", info{size: 2, time: then}, info{size: 3, time: then}, "abc", false},
		{"shrank", info{size: 3, time: then}, info{time: then}, "abc", false},
		{"written", info{size: 3, time: then}, info{size: 3, time: then.Add(1)}, "abc", false},
		{"cut short", info{size: 3, time: then}, info{size: 3, time: then}, "ab", false},
		{"no sizes", info{time: then}, info{time: then}, "abc", true},
	} {
		v := view{before: c.before, after: c.after, content: []byte(c.content)}
		if v.settled(false) != c.whole || v.settled(true) != c.whole {
			t.Errorf("%s: settled is %v, in a generation %v", c.what, v.settled(false), v.settled(true))
		}
	}
}
