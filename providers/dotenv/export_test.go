package dotenv

import "io/fs"

// ParseAs lets tests see every key in any dialect, even keys that no name reaches.
func ParseAs(data []byte, o Options) (map[string]string, error) {
	if o.Dialect == "" {
		o.Dialect = Secretmux
	}
	return parse(data, o)
}

// Class is the class of an error of ParseAs.
func Class(err error) error {
	class, _ := classify(err)
	return class
}

// SetOpen replaces how p opens its file.
func (p *Provider) SetOpen(open func(path string) (fs.File, error)) { p.open = open }
