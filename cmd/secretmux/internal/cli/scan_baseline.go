package cli

import (
	"bytes"
	"errors"
	"io/fs"
	"os"

	"github.com/secretmux/secretmux/scan"
)

// known reads the baseline of --baseline, or that which --write-baseline adds to.
func (f *scanFlags) known() (*scan.Baseline, error) {
	path := f.baseline
	if f.write != "" {
		path = f.write
	}
	if path == "" {
		return nil, nil //nolint:nilnil // a nil Baseline has nothing in it
	}
	file, err := os.Open(path) //nolint:gosec // the file that the user named
	switch {
	case errors.Is(err, fs.ErrNotExist) && f.write != "":
		return scan.NewBaseline(), nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, usage("the file of --baseline does not exist", "--write-baseline makes one")
	case err != nil:
		return nil, usage("the file of --baseline can't be read: "+reason(err), "")
	}
	defer func() { _ = file.Close() }()
	return scan.ParseBaseline(file)
}

// writeBaseline takes what was found into the baseline. What could be guessed from
// there stays a finding.
func (s *session) writeBaseline(path string, known *scan.Baseline, r *scanResult) error {
	if r.report.Bytes == 0 {
		return nil // verdict says that nothing was scanned
	}
	var weak []scanFinding
	before := known.Len()
	for _, f := range r.report.Findings {
		if err := known.Add(f); err != nil {
			weak = append(weak, findingOf(f))
			r.weak = append(r.weak, f.String())
		}
	}
	weak = append(weak, r.findings[len(r.report.Findings):]...) // another program's
	var text bytes.Buffer
	if _, err := known.WriteTo(&text); err != nil {
		return err
	}
	if err := writePrivate(path, text.Bytes()); err != nil {
		return err
	}
	r.findings = weak
	s.say(plural(known.Len()-before, "finding") + " added to the baseline, which has " + plural(known.Len(), "finding") + " now")
	return nil
}
