package main

import (
	"time"

	"github.com/secretmux/secretmux"
)

// config has everything that this service gets from outside.
type config struct {
	Port    int           `default:"8080" validate:"min=1024,max=65535" desc:"where to listen"`
	Timeout time.Duration `default:"5s" desc:"how long a request may take"`
	DB      struct {
		Host     string           `default:"localhost" validate:"hostname_rfc1123"`
		Password secretmux.Secret `validate:"min=12" desc:"of the user app"`
	}
	APIKey secretmux.Secret `secret:"payments/api-key" desc:"of the payment service"`
}
