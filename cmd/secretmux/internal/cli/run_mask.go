package cli

import (
	"io"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/mask"
)

// masking masks the output of the command.
type masking struct {
	set      *mask.Set
	out, err io.Writer // the streams that the command gets
	close    []io.Closer
}

// The ways to mask a stream.
const (
	maskAuto   = "auto" // unless it is a terminal
	maskAlways = "always"
	maskOff    = "off"
)

// masking reads --mask and puts a mask before each stream that must be masked. The
// command gets a terminal unmasked: with a pipe in place of the terminal, a program
// asks no questions and shows no colours.
func (s *session) masking(o *runOptions) (*masking, error) {
	modes := map[string]string{"stdout": maskAuto, "stderr": maskAuto}
	for _, text := range o.masks {
		stream, mode, one := strings.Cut(text, "=")
		if !one {
			stream, mode = "", text
		}
		_, known := modes[stream]
		if one && !known || mode != maskAuto && mode != maskAlways && mode != maskOff {
			return nil, usage("the value of --mask is not one of its modes", "write auto, always or off, or one of them for one stream, as in stdout=off")
		}
		for name := range modes {
			if name == stream || !one {
				modes[name] = mode
			}
		}
	}
	opts := mask.Options{HideNames: !o.maskNames}
	if o.maskShort {
		opts.MinLength = 1
	}
	m := &masking{set: mask.New(opts)}
	var err error
	if m.out, err = m.stream(o, "stdout", modes["stdout"], s.Out); err != nil {
		return nil, err
	}
	m.err, err = m.stream(o, "stderr", modes["stderr"], s.Err)
	return m, err
}

func (m *masking) stream(o *runOptions, name, mode string, to io.Writer) (io.Writer, error) {
	terminal := isTerminal(to)
	switch {
	case mode == maskAlways && o.exec:
		return nil, usage("--exec and --mask always don't go together: no process is left to mask the output", "leave out --exec or --mask")
	case mode == maskAlways && terminal:
		return nil, usage(name+" is a terminal, and run can't mask a terminal", "send it into a file or a pipe, or leave out --mask")
	case mode == maskOff || terminal || o.exec:
		return to, nil
	}
	w := mask.NewWriter(to, m.set)
	m.close = append(m.close, w)
	return w, nil
}

// on reports whether a stream is masked.
func (m *masking) on() bool { return len(m.close) > 0 }

func (m *masking) add(w wanted, secret secretmux.Secret) { m.set.Add(w.ref, secret) }

// flush writes the output that the masks hold back. It is called when the command
// has ended.
func (m *masking) flush() {
	for _, c := range m.close {
		_ = c.Close() // the reader has gone, which is not our failure
	}
}
