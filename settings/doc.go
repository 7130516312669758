// Package settings fills one Go struct with the configuration and the secrets of a
// service. It converts each value to the type of its field, and checks it. If anything is
// wrong, it reports all problems together.
//
//	type Config struct {
//		Port     int           `default:"8080" validate:"min=1024" desc:"where to listen"`
//		Timeout  time.Duration `default:"5s"`
//		DB       struct {
//			User     string           `secret:"user"`
//			Password secretmux.Secret `secret:"password" validate:"min=12"`
//		} `prefix:"db/creds#"`
//		APIKey   secretmux.Secret `secret:"payments/api-key"`
//	}
//
//	config, err := settings.Load[Config](ctx, store, settings.Options{})
//
// # Tags
//
//	secret:"db/creds#password"  the reference; without the tag it is the field's name, DBPassword is db_password
//	secret:"-"                  the field is not set
//	prefix:"db/"                on a nested struct: comes before the references of its fields; without the tag, DB is db/
//	default:"8080"              for a secret that is absent
//	optional:"true"             if the secret is absent, the field stays zero
//	encoding:"base64"           or hex or json
//	sep:";" keysep:"="          between the items of a list or map ("," without the tag); between key and value (":" without the tag)
//	validate:"min=12"           rules of github.com/go-playground/validator
//	placeholder:"allow"         the value may look like a placeholder
//	desc:"what it is for"       for Example and Describe
//
// A field is required unless it is optional or has a default. A struct with a secret tag
// is read from a JSON document. A struct without a secret tag is a group of settings. If
// several fields come from one document, it is read only once.
//
// # Types
//
// string, bool, every kind of number, time.Duration, url.URL, time.Time (RFC 3339),
// time.Location, []byte, every type with an UnmarshalText, pointers to these, lists
// and maps of these, structs from JSON, and secretmux.Secret, which keeps its
// version, source and redaction.
//
// # Promises
//
// A default is used only if the secret is provably absent. A secret that is denied,
// disabled or can't be reached is an error even if the field has a default. An empty value
// is a value.
//
// No error of this package holds a value. The error of a decoder or a rule may quote its
// input, so words about the field replace it.
//
// [Watch] keeps the struct up to date. Readers see only structs that are complete and
// were checked.
package settings
