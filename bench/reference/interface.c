/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interface.h"

#define SLOT_ID 0

static void
on_attached (QXLInstance *instance)
{
}

static void
on_compression_level (QXLInstance *instance, int level)
{
}

static void
on_update (QXLInstance *instance, uint32_t id)
{
}

static int
flush_resources (QXLInstance *instance)
{
  return 0;
}

static void
on_async_complete (QXLInstance *instance, uint64_t cookie)
{
}

static void
on_area_updated (QXLInstance *instance, uint32_t surface, struct QXLRect *rects,
                 uint32_t count)
{
}

static void
on_client_capabilities (QXLInstance *instance, uint8_t present,
                        uint8_t caps[SPICE_CAPABILITIES_SIZE])
{
}

static int
on_client_monitors (QXLInstance *instance, VDAgentMonitorsConfig *config)
{
  return 0; /* the size is ours to choose */
}

void
feeder_interface_init (QXLInterface *self, const char *description)
{
  *self = (QXLInterface){
      .base = {.type = SPICE_INTERFACE_QXL,
               .description = description,
               .major_version = SPICE_INTERFACE_QXL_MAJOR,
               .minor_version = SPICE_INTERFACE_QXL_MINOR},
      .attached_worker = on_attached,
      .set_compression_level = on_compression_level,
      .notify_update = on_update,
      .flush_resources = flush_resources,
      .async_complete = on_async_complete,
      .update_area_complete = on_area_updated,
      .set_client_capabilities = on_client_capabilities,
      .client_monitors_config = on_client_monitors,
  };
}

void
feeder_interface_describe (QXLDevInitInfo *info, uint32_t ram_bytes,
                           uint32_t surfaces)
{
  *info = (QXLDevInitInfo){
      .num_memslots_groups = 1,
      .num_memslots = 1,
      .memslot_gen_bits = 1,
      .memslot_id_bits = 1,
      .qxl_ram_size = ram_bytes,
      .internal_groupslot_id = FEEDER_SLOT_GROUP,
      .n_surfaces = surfaces,
  };
}

void
feeder_interface_add_memory (QXLInstance *instance)
{
  QXLDevMemSlot slot = {
      .slot_group_id = FEEDER_SLOT_GROUP,
      .slot_id = SLOT_ID,
      .virt_start = 0,
      .virt_end = UINTPTR_MAX,
  };
  spice_qxl_add_memslot (instance, &slot);
}
