package steady

import (
	"bytes"
	"io"
	"io/fs"
)

// trial is the reading of one file until its content is accepted.
type trial struct {
	reader *Reader
	file   File
	into   *Content // of the caller, who may have left
	found  Content

	settled bool // what was found is believed
	// ended says that the look of this round has ended, and left that its caller did not
	// wait for that. They are guarded by the reader's lock.
	ended, left bool

	last  digest // the content that was accepted last
	known bool   // whether there is one

	// looks counts the looks; before is the last complete one, or nil if the last
	// look was not complete.
	looks  int
	before *view
	// alike is how many looks in a row had this content. still is how many of them
	// found the file's time unchanged.
	alike, still int
}

func (r *Reader) begin(f File, into *Content) *trial {
	t := &trial{reader: r, file: f, into: into}
	t.last, t.known = r.kept(f.Key)
	return t
}

// round looks at the file, and reports whether its content, or an error, is final.
// The first round of a new file has two looks.
func (t *trial) round() (settled bool) {
	first := !t.known && t.looks == 0
	if settled = t.look(); settled || !first {
		return settled
	}
	return t.look()
}

func (t *trial) look() (settled bool) {
	t.looks++
	v, err := look(t.file.Open)
	if err != nil {
		t.found = Content{Err: err}
		return true
	}
	if !v.whole() {
		t.before = nil
		return false
	}
	t.count(v)
	t.before = &v
	now := t.reader.digest(v.content)
	if !t.believes(v, now) {
		return false
	}
	if !t.known || now != t.last {
		t.reader.keep(t.file.Key, now)
	}
	t.found = Content{Data: v.content, Info: v.after}
	return true
}

func (t *trial) count(v view) {
	if t.before == nil || !bytes.Equal(t.before.content, v.content) {
		t.alike, t.still = 0, 0
	}
	t.alike++
	switch {
	case !v.quiet():
		t.still = 0
	case t.still > 0 && !v.stillAs(t.before):
		t.still = 1
	default:
		t.still++
	}
}

// believes reports whether the content of v, whose digest is now, may be returned. If
// the file's time has changed between two looks, they may have met a writer in a loop
// at the same point twice, so one more look is needed. More than one is not needed,
// because some file systems always report the present time.
func (t *trial) believes(v view, now digest) bool {
	enough := 2
	switch {
	case t.known && now == t.last, t.file.Atomic && v.quiet():
		return true
	case t.known && now.empty: // it was not empty before
		enough = 4
	}
	return t.still >= enough || t.alike > enough
}

// view is a file during one read.
type view struct {
	before, after fs.FileInfo
	content       []byte
}

func look(open func() (fs.File, error)) (v view, err error) {
	f, err := open()
	if err != nil {
		return view{}, err
	}
	defer func() { _ = f.Close() }() // nothing was written that closing could lose
	if v.before, err = f.Stat(); err != nil {
		return view{}, err
	}
	if err = regular(v.before); err != nil {
		return view{}, err
	}
	if v.content, err = io.ReadAll(io.LimitReader(f, MaxSize+1)); err != nil {
		return view{}, err
	}
	if len(v.content) > MaxSize {
		return view{}, ErrTooLarge
	}
	v.after, err = f.Stat()
	return v, err
}

// whole reports whether the file kept its size while it was read. Some file
// systems do not tell sizes: they report zero for a file with content.
func (v view) whole() bool {
	size := v.before.Size()
	return size == v.after.Size() && (size == int64(len(v.content)) || size == 0)
}

// quiet reports whether the file was not written during the read.
func (v view) quiet() bool { return v.before.ModTime().Equal(v.after.ModTime()) }

// stillAs reports whether the file was not written since the last look.
func (v view) stillAs(before *view) bool { return before.after.ModTime().Equal(v.after.ModTime()) }
