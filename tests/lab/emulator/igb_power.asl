// SPDX-License-Identifier: GPL-2.0-only
//
// Lets the machine's firmware cut the power of igb-cold (devices.sh; its root port is at 13.0), as that
// of laptops can: ACPI 6.5, 7.2 (power resources) and 7.3.8 to 7.3.11 (_PR0, _PR3). A device that needs the
// resource in D3hot, too, has D3cold once it is off.
//
// QEMU has no power to cut. What is seen of it is that all registers are as after a reset, and so off
// begins a function level reset (PCI Express 5.0, 7.5.3.4).
DefinitionBlock ("", "SSDT", 2, "PASSWY", "IGBPOWER", 1)
{
	External (\_SB.PCI0.S98.S00, DeviceObj)

	Scope (\_SB.PCI0.S98.S00)
	{
		// Device Control of igb's PCI Express capability, which is at 0xa0
		OperationRegion (CONF, PCI_Config, 0xa8, 2)
		Field (CONF, WordAcc, NoLock, Preserve)
		{
			, 15,
			FLR, 1,
		}

		PowerResource (PWR, 0, 0)
		{
			Name (STA, One)
			Method (_STA) { Return (STA) }
			Method (_ON) { STA = One }
			Method (_OFF)
			{
				FLR = One
				STA = Zero
			}
		}
		Name (_PR0, Package () { PWR })
		Name (_PR3, Package () { PWR })
	}
}
