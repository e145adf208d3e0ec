"""«Печать»: what families without electronic form are told on paper (О 1.6; В 4.6.7)."""

from services.printing.office import Printing as Printing
